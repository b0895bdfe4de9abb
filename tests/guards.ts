/**
 * npm run guards [-- WORD…]: takes one guard at a time out of a copy of the program and runs the test that must fail. One
 * line each; ends red when a test stayed green, or when a guard is no longer where its row says. A word chooses the rows that
 * contain it.
 */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { GUARDS } from './support/guards.js'
import { killStartedFrom } from './support/started-from.js'
import { mutate, type Mutant } from './zoo/mutant.js'

type Guard = (typeof GUARDS)[number]

const ROOT = join(import.meta.dirname, '..')
const PARTS = [
  'bin',
  'build',
  'lib',
  'tests',
  '.taprc',
  'esbuild.config.mjs',
  'package.json',
  'tsconfig.json',
]
/** Seconds for one test: what a guard keeps from hanging may hang without it. */
const LIMIT = 600

const words = process.argv.slice(2)
const chosen = GUARDS.filter(
  ({ check, by }) =>
    words.length === 0 || words.some(word => check.includes(word) || by.test.includes(word)),
)
const stayedGreen: string[] = []
const known = new Map<string, boolean>()

/** A copy of the program, with a guard taken out of it or whole. */
async function inCopy<T>(
  without: Mutant | undefined,
  act: (dir: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-guards-'))
  try {
    for (const part of PARTS) await cp(join(ROOT, part), join(dir, part), { recursive: true })
    await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
    if (without !== undefined) {
      const path = join(dir, without.file)
      await writeFile(path, mutate(await readFile(path, 'utf8'), without))
    }
    return await act(dir)
  } finally {
    killStartedFrom(dir)
    await rm(dir, { recursive: true, force: true })
  }
}

/** The first failed point of a test in a copy; empty when there is none. What needs an engine gets a lab of its own. */
async function failureIn(dir: string, { test, law }: Guard['by']): Promise<string> {
  const swarm = !/^tests\/(unit|concurrency)\//.test(test)
  if (swarm) await execa('npm', ['run', '--silent', 'build'], { cwd: dir })
  const args = swarm ? ['tests/suites.ts', join(dir, 'sum'), test] : [test]
  const limits = { TAP_GREP: exactly(law), TAP_TIMEOUT: String(LIMIT) }
  const env = swarm ? limits : { ...limits, TAP: '1' }
  const options = { cwd: dir, reject: false, env, timeout: LIMIT * 1000 } as const
  const { failed, stdout } = await execa('node', ['--import', 'tsx', ...args], options)
  return failed ? (/^ *not ok \d+ - (.*?)(?: # time=.*)?$/m.exec(stdout)?.[1] ?? 'it died') : ''
}

async function isGreen(by: Guard['by']): Promise<boolean> {
  const green = known.get(by.law) ?? (await inCopy(undefined, dir => failureIn(dir, by))) === ''
  known.set(by.law, green)
  return green
}

/** As a pattern that tap filters the tests of a file by. */
function exactly(title: string): string {
  return `/^${title.replace(/[/\\^$.*+?()[\]{}|]/g, '\\$&')}$/`
}

async function tryWithout(guard: Guard): Promise<string> {
  if (!(await isGreen(guard.by))) return 'NOT TRIED: the test fails with it too'
  const failure = await inCopy(guard, dir => failureIn(dir, guard.by))
  return failure === '' ? 'STAYED GREEN' : `red: ${failure}`
}

for (const guard of chosen) {
  const said = await tryWithout(guard).catch((error: unknown) => `NOT TRIED: ${String(error)}`)
  if (!said.startsWith('red: ')) stayedGreen.push(guard.check)
  console.log(`${guard.check}\n    ${guard.by.test}: ${said}`)
}
console.log(`\n${chosen.length - stayedGreen.length} red, ${stayedGreen.length} not`)
for (const check of stayedGreen) console.log(`not red: ${check}`)
process.exitCode = stayedGreen.length > 0 || chosen.length === 0 ? 1 : 0
