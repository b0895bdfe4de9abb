import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CAUSE_EXIT } from '../../lib/domain/cause.js'
import { EXIT } from '../../lib/errors.js'
import { SETTINGS } from '../../lib/cli/line/settings.js'
import { CHECKS } from '../../lib/doctor/checks.js'
import { COMMANDS } from '../../lib/cli/line/commands.js'
import { triggered } from '../support/drone/compile.js'
import { folderDiagram } from '../support/folder-graph.js'

const ROOT = new URL('../../', import.meta.url).pathname
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const filesBelow = (dir: string, ending: string): readonly string[] =>
  readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => join(dir, name))

/** Named in the docs, and made only by a build or a person. */
const MADE = new Set(['tests/recipes'])

/** First cell and second cell of every row of a page's tables. */
function rows(page: string): readonly (readonly [string, string])[] {
  return [...page.matchAll(/^\| `?([^|`]+?)`? \| ([^|]+?) \|/gm)].map(
    ([, first = '', second = '']) => [first, second.trim()] as const,
  )
}

const errors = read('docs/errors.md')
const section = (title: string): string => errors.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? ''

t.test('docs/errors.md lists every code of a fault, and no other', async t => {
  const used = new Set(
    filesBelow('lib', '.ts').flatMap(file => read(file).match(/'RCI_[A-Z_]+'/g) ?? []),
  )
  const listed = rows(section('Codes')).map(([code]) => `'${code}'`)
  t.strictSame(listed.filter(code => code.startsWith("'RCI_")).sort(), [...used].sort())
})

t.test('docs/errors.md lists every exit code, and no other', async t => {
  const listed = rows(section('Exit codes')).filter(([code]) => /^\d+$/.test(code))
  t.strictSame(Object.fromEntries(listed.map(([code, name]) => [name, Number(code)])), EXIT)
})

t.test('docs/errors.md lists every class of cause with its exit code, and no other', async t => {
  const listed = rows(section('Causes')).filter(([, exit]) => /^\d+$/.test(exit))
  t.strictSame(Object.fromEntries(listed.map(([name, exit]) => [name, Number(exit)])), CAUSE_EXIT)
})

t.test('docs/operating.md holds the table of settings that the registry prints', async t => {
  const table = [
    '| key | environment | default | meaning |',
    '|---|---|---|---|',
    ...Object.values(SETTINGS).map(
      ({ key, env, standard, help }) =>
        `| \`${key}\` | ${env.join(', ') || 'none'} | ${standard} | ${help.replaceAll('<', '&lt;')} |`,
    ),
  ].join('\n')
  t.match(read('docs/operating.md'), table)
})

t.test('docs/operating.md holds the table of checks that doctor makes', async t => {
  const table = CHECKS.map(({ id, about }) => `| \`${id}\` | ${about} |`).join('\n')
  t.match(read('docs/operating.md'), table)
})

const PAGES = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'nix/README.md', 'tests/lab/README.md'],
  ...filesBelow('docs', '.md'),
]
const code = ['lib', 'bin', 'tests', 'nix', '.ci']
  .flatMap(dir => filesBelow(dir, ''))
  .filter(file => !file.endsWith('.md') && statSync(join(ROOT, file)).isFile())
  .map(read)
  .join('\n')

t.test('every path of the project that the docs name is there', async t => {
  for (const page of PAGES) {
    for (const [, path = ''] of read(page).matchAll(
      /`((?:lib|bin|tests|docs|nix|\.ci)\/[\w./-]*)`/g,
    )) {
      const there = [path, `${path}.ts`].some(name => existsSync(join(ROOT, name)))
      t.ok(there || MADE.has(path), `${page} → ${path}`)
    }
  }
})

t.test('every environment variable of ours that the docs name is read somewhere', async t => {
  for (const page of PAGES) {
    for (const [name] of read(page).matchAll(/\b(?:CCCI|RECIPE_CI)_[A-Z][A-Z_]*[A-Z]\b/g)) {
      t.ok(code.includes(name), `${page} → ${name}`)
    }
  }
})

t.test('every option that the docs name is one of some program here', async t => {
  for (const page of PAGES) {
    for (const [, line = ''] of read(page).matchAll(/`([^`\n]+)`/g)) {
      for (const [option] of line.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)) {
        t.ok(code.includes(option), `${page} → ${option}`)
      }
    }
  }
})

t.test(
  'docs/security.md has a row for everything that the step sets against parameters',
  async t => {
    const rows = read('docs/security.md')
    const [recipe] = triggered(read('.drone.yml'), { event: 'custom' })
    for (const name of Object.keys(recipe?.steps[0]?.environment ?? {})) {
      t.match(rows, new RegExp(`^\\| .*\`${name}\`.* \\|.*\\|.*\\|$`, 'm'), name)
    }
  },
)

t.test('README names every command', async t => {
  for (const command of Object.keys(COMMANDS)) t.match(read('README.md'), `recipe-ci ${command}`)
})

t.test('every link from page to page leads somewhere', async t => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesBelow('docs', '.md')]
  for (const page of pages) {
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (/^https?:/.test(target)) continue
      t.ok(existsSync(join(ROOT, page, '..', target)), `${page} → ${target}`)
    }
  }
})

t.test(
  'docs/architecture.md draws the imports between the folders of lib: npm run docs',
  async t => {
    t.match(read('docs/architecture.md'), folderDiagram())
  },
)

t.test('docs/architecture.md says what every folder of lib is for', async t => {
  const page = read('docs/architecture.md')
  for (const entry of readdirSync(join(ROOT, 'lib'), { withFileTypes: true })) {
    if (entry.isDirectory()) t.match(page, `\`lib/${entry.name}\``)
  }
})
