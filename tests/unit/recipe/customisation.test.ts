import { chmodSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  discover,
  isApproved,
  manifestLines,
  type Customisation,
} from '../../../lib/recipe/customisation.js'
import { readFolder } from '../../../lib/recipe/customisation-folder.js'
import { parseMeta } from '../../../lib/recipe/meta.js'

const OPERATOR = {
  'install_steps.sh': '',
  'compose.ccci.yml': '',
  'test_install.sh': '',
  'test_upgrade.py': '',
  'test_functional.py': '',
  'test_notes.md': '',
  ops: { 'pre_backup.sh': '', pre_upgrade: '', 'pre_upgrad.sh': '', 'notes.txt': '' },
  custom: {
    'b.sh': '',
    'a.mjs': '',
    '_lib.sh': '',
    '.hidden.sh': '',
    'data.json': '',
    'conftest.py': '',
    run: '',
    deep: { 'c.sh': '' },
  },
  previous: { '1.0.0+1.0.yml': '' },
}
const OWN = {
  'install_steps.sh': '',
  'test_install.sh': '',
  ops: { 'pre_backup.py': '', 'backup_verify.sh': '' },
  custom: { 'z.ts': '' },
}

function folders(t: Test, approved: string): { recipesDir: string; ownTests: string } {
  const dir = t.testdir({
    recipes: { 'repo-local-approved.txt': approved, notes: OPERATOR },
    own: OWN,
  })
  chmodSync(join(dir, 'recipes', 'notes', 'ops', 'pre_upgrade'), 0o755)
  chmodSync(join(dir, 'recipes', 'notes', 'custom', 'run'), 0o755)
  return { recipesDir: join(dir, 'recipes'), ownTests: join(dir, 'own') }
}

const names = (files: readonly { name: string; origin: string }[]): string[] =>
  files.map(({ name, origin }) => `${origin}:${name}`)

function summary(found: Customisation): Record<string, unknown> {
  return {
    installSteps: found.installSteps?.origin,
    hooks: Object.entries(found.hooks).map(([hook, file]) => `${file.origin}:${hook}`),
    overlay: found.overlay?.origin,
    install: names(found.tests.install),
    upgrade: names(found.tests.upgrade),
    custom: names(found.custom),
  }
}

t.test('the code of a recipe that is not approved is never found', async t => {
  const found = await discover({ recipe: 'notes', ...folders(t, '*\n# notes\nother\n') })
  t.strictSame(
    found.folders.map(({ origin }) => origin),
    ['operator'],
  )
  t.strictSame(summary(found), {
    installSteps: 'operator',
    hooks: ['operator:pre_upgrade', 'operator:pre_backup'],
    overlay: 'operator',
    install: ['operator:test_install.sh'],
    upgrade: ['operator:test_upgrade.py'],
    custom: ['operator:a.mjs', 'operator:b.sh', 'operator:run'],
  })
})

t.test('of an approved recipe hooks fill gaps and tests are added', async t => {
  const found = await discover({ recipe: 'notes', ...folders(t, 'notes # since May\n') })
  t.strictSame(summary(found), {
    installSteps: 'operator',
    hooks: ['operator:pre_upgrade', 'operator:pre_backup', 'recipe:backup_verify'],
    overlay: 'operator',
    install: ['operator:test_install.sh', 'recipe:test_install.sh'],
    upgrade: ['operator:test_upgrade.py'],
    custom: ['operator:a.mjs', 'operator:b.sh', 'operator:run', 'recipe:z.ts'],
  })
})

t.test('a file that looks like ours and is not used is said, with the reason', async t => {
  const { warnings } = await discover({ recipe: 'notes', ...folders(t, '') })
  t.equal(warnings.length, 4)
  t.match(warnings.join('\n'), /notes\.txt" is not used: it has no run bit/)
  t.match(warnings.join('\n'), /test_notes\.md" is not used: it has no run bit/)
  t.match(warnings.join('\n'), /pre_upgrad\.sh" is not used: hooks are pre_install/)
  t.match(warnings.join('\n'), /test_functional\.py" is not used: tests of tiers are test_install/)
})

t.test(
  'a hook or tier test that nothing can run stands for itself, unless another one can',
  async t => {
    const ops = {
      pre_backup: '',
      'pre_restore.rb': '',
      'pre_restore.sh': '',
      'backup_verify.rb': '#!/usr/bin/ruby\n',
      'pre_install.sql': 'SELECT 1;\n',
    }
    const tests = {
      'test_upgrade.rb': '#!/usr/bin/ruby\n',
      'test_notes.rb': '',
      'test_install.md': '',
    }
    const recipesDir = t.testdir({ notes: { ops, ...tests } })
    const found = await discover({ recipe: 'notes', recipesDir, ownTests: undefined })
    const hooks = Object.fromEntries(
      Object.entries(found.hooks).map(([hook, { name }]) => [hook, name]),
    )
    t.strictSame(hooks, {
      pre_backup: 'pre_backup',
      pre_restore: 'pre_restore.sh',
      backup_verify: 'backup_verify.rb',
    })
    t.strictSame(names(found.tests.install), [], 'notes and data are no programs')
    t.strictSame(names(found.tests.upgrade), ['operator:test_upgrade.rb'])
    t.equal(found.warnings.length, 4)
    t.match(found.warnings.join('\n'), /pre_install\.sql" is not used: it has no run bit/)
    t.match(found.warnings.join('\n'), /pre_restore\.rb" is not used: it has no run bit/)
    t.match(found.warnings.join('\n'), /test_notes\.rb" is not used: it has no run bit/)
  },
)

t.test('what the operator has and nothing can run gives way to what the recipe has', async t => {
  const dir = t.testdir({
    recipes: {
      'repo-local-approved.txt': 'notes\n',
      notes: { ops: { pre_backup: '' }, 'test_install.rb': '#!/usr/bin/ruby\n' },
    },
    own: { ops: { 'pre_backup.sh': '' }, 'test_install.sh': '' },
  })
  const [recipesDir, ownTests] = [join(dir, 'recipes'), join(dir, 'own')]
  const found = await discover({ recipe: 'notes', recipesDir, ownTests })
  t.equal(found.hooks.pre_backup?.name, 'pre_backup.sh')
  t.strictSame(names(found.tests.install), ['recipe:test_install.sh'])
  t.equal(found.warnings.length, 2)
})

const APPROVALS: [string, boolean][] = [
  ['notes', true],
  ['  notes  # why\n', true],
  ['other\r\nnotes\r\n', true],
  ['', false],
  ['*', false],
  ['#notes', false],
  ['note', false],
  ['notes-extra', false],
  ['other notes', false],
]

t.test('only a line that is the name approves a recipe', async t => {
  for (const [text, approved] of APPROVALS) {
    const dir = t.testdir({ 'repo-local-approved.txt': text })
    t.equal(await isApproved(dir, 'notes'), approved, JSON.stringify(text))
  }
  t.notOk(await isApproved(join(t.testdirName, 'none'), 'notes'), 'no file: nothing is approved')
  await t.rejects(isApproved(t.testdir({ 'repo-local-approved.txt': {} }), 'notes'), {
    code: 'RCI_ABSENT',
  })
})

t.test('a recipe without any file has the generic floor', async t => {
  const found = await discover({ recipe: 'notes', recipesDir: t.testdir(), ownTests: undefined })
  t.strictSame(found.folders, [])
  t.strictSame(manifestLines(found, [undefined]), ['nothing customised: the generic floor'])
})

t.test('the manifest names each thing with who wrote it', async t => {
  const found = await discover({ recipe: 'notes', ...folders(t, 'notes') })
  const lines = manifestLines(found, [parseMeta('r.yml', 'HEALTH_PATH: /x\nDEPS: [a]'), undefined])
  t.strictSame(lines, [
    'recipe-ci.yml: HEALTH_PATH, DEPS (r.yml)',
    'install steps: install_steps.sh (operator)',
    'hook pre_upgrade: pre_upgrade (operator)',
    'hook pre_backup: pre_backup.sh (operator)',
    'hook backup_verify: backup_verify.sh (recipe)',
    'overlay: compose.ccci.yml (operator)',
    'assertions of install: test_install.sh (operator), test_install.sh (recipe)',
    'assertions of upgrade: test_upgrade.py (operator)',
    'custom tests: a.mjs (operator), b.sh (operator), run (operator), z.ts (recipe)',
    'repairs of a base: 1.0.0+1.0.yml (operator)',
  ])
})

t.test('a link that leads nowhere is no test', async t => {
  const dir = t.testdir({ notes: { custom: {} } })
  symlinkSync('/nonexistent.sh', join(dir, 'notes', 'custom', 'x.sh'))
  const found = await discover({ recipe: 'notes', recipesDir: dir, ownTests: undefined })
  t.strictSame(found.custom, [])
})

t.test('what cannot be read is not taken for what is not there', async t => {
  const dir = t.testdir({ file: '', notes: { custom: { 'a.sh': '' } } })
  t.equal(await readFolder(join(dir, 'none')), undefined)
  t.equal(await readFolder(join(dir, 'file')), undefined)
  const refused = { code: 'RCI_ABSENT', message: /^Cannot read ".*": E/ }
  await t.rejects(readFolder(join(dir, 'x'.repeat(300))), refused)
  for (const mode of [0o000, 0o444]) {
    chmodSync(join(dir, 'notes', 'custom'), mode)
    await asNobody(() => t.rejects(readFolder(join(dir, 'notes')), refused, mode.toString(8)))
  }
})

/** Rights do not bind root. */
async function asNobody(body: () => Promise<unknown>): Promise<void> {
  const { seteuid, geteuid } = process
  if (seteuid === undefined || geteuid?.() !== 0) {
    await body()
    return
  }
  seteuid(65534)
  try {
    await body()
  } finally {
    seteuid(0)
  }
}
