import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { RecipeSpec } from '../../lab/recipes/recipe-spec.js'
import { createStandIn, TINY, type StandIn } from '../../support/stand-in.js'

async function open(t: Test, spec: RecipeSpec = TINY): Promise<StandIn> {
  const standIn = await createStandIn('recipe-ci-stand-in/none:1', spec)
  t.teardown(() => standIn[Symbol.asyncDispose]())
  return standIn
}

const lint = (standIn: StandIn, env = {}, ...args: readonly string[]) =>
  standIn.abra(['recipe', 'lint', standIn.recipeDir.split('/').at(-1) ?? '', '-o', ...args], {
    env,
  })

const row = (stdout: string, ref: string) =>
  stdout
    .split('\n')
    .find(line => line.includes(ref))
    ?.split('┃')
    .map(cell => cell.trim())

t.test('lint prints a table of rules with six columns and exit status 0', async t => {
  const { code, stdout } = await lint(await open(t), {}, '-C')
  t.equal(code, 0)
  t.match(stdout, /┃ REF +┃ RULE +┃ SEVERITY +┃ SATISFIED +┃ SKIPPED +┃ RESOLVE +┃/)
  t.same(row(stdout, 'R009'), [
    '',
    'R009',
    "one service named 'app'",
    'error',
    '✅',
    '-',
    "name a service 'app'",
    '',
  ])
  t.match(row(stdout, 'R013'), ['', 'R013', /exists/, 'warn', '❌', '-'])
})

t.test('a broken rule of severity error shows in the table and not in the exit status', async t => {
  const [first, ...others] = TINY.releases
  const spec: RecipeSpec = { ...TINY, releases: [{ ...first, tag: 'lightweight' }, ...others] }
  const { code, stdout, stderr } = await lint(await open(t, spec), {}, '-C')
  t.equal(code, 0)
  t.match(row(stdout, 'R014'), [
    '',
    'R014',
    'only annotated tags used for recipe version',
    'error',
    '❌',
  ])
  t.match(stderr, /WARN critical errors present in tiny config/)
})

t.test('without chaos lint checks out main first, or lints the tree as it is', async t => {
  const standIn = await open(t)
  await standIn.git('checkout', '-q', standIn.commits[0] ?? '')
  t.equal((await lint(standIn, { ABRA_STANDIN_LINT_TREE: 'tree' })).code, 0)
  t.equal(await standIn.git('rev-parse', 'HEAD'), standIn.commits[0])
  t.equal((await lint(standIn)).code, 0)
  t.equal(await standIn.git('rev-parse', 'HEAD'), standIn.commits[2])
})

t.test('without chaos lint refuses a dirty tree', async t => {
  const standIn = await open(t)
  await writeFile(join(standIn.recipeDir, 'stray'), '')
  t.match((await lint(standIn)).stderr, /FATA tiny .* has locally unstaged changes/)
  t.equal((await lint(standIn, {}, '-C')).code, 0)
})

t.test('a table wants a terminal to know its width, unless ABRA_CI is 1', async t => {
  const standIn = await open(t)
  const without = await lint(standIn, { ABRA_CI: '' }, '-C')
  t.equal(without.code, 1)
  t.match(without.stderr, /FATA inappropriate ioctl for device/)
  t.equal((await lint(standIn, { ABRA_CI: '', ABRA_STANDIN_TABLE_WIDTH: 'never' }, '-C')).code, 0)
  const args = ['recipe', 'lint', 'tiny', '-o', '-C']
  for (const where of ['stdin', 'stdout']) {
    const env = { ABRA_CI: '', ABRA_STANDIN_TERMINAL: where }
    const { code, stdout } = await standIn.abra(args, { env, terminal: true })
    t.equal(code, 0, where)
    t.match(stdout, /R015/)
  }
})

t.test('only errors are shown on demand', async t => {
  const { stdout } = await lint(await open(t), {}, '-C', '--only-error')
  t.notMatch(stdout, /R001/)
  t.match(stdout, /R008/)
})
