/**
 * The soak: `node --import tsx tests/soak.ts [ROUNDS]`. One lab for all rounds, all cores loaded meanwhile, one line a
 * round. The output of the last round lies under .tap/suites. See tests/soak.
 */
import { mkdirSync } from 'node:fs'
import { loadCores } from './support/load.js'
import { runTap, TAP_OUTPUT } from './support/run-tap.js'
import { choose, type Chosen } from './support/suites.js'
import { add, sumLine, sumOf, type Sum } from './support/tap-sum.js'
import { openSuiteLab } from './support/test-lab.js'

const WORDS = ['tests/concurrency', 'tests/e2e/lives']
const ROUNDS = 20
/** Files of one suite that run beside each other; most of their time they wait for the Engine or for a limit. */
const JOBS = 4
/** A long form may take this many times as long as a short one. */
const LONGER = 10

const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stop.abort(new Error(`stopped by ${signal}`))
  })
}

type Round = { readonly suites: readonly Chosen[]; readonly env: Readonly<Record<string, string>> }

/** The rounds, in the order in which they come. */
function* rounds(count: number): Generator<Round> {
  const suites = choose(WORDS).map(suite =>
    suite.lab && suite.jobs > 1 ? { ...suite, jobs: JOBS } : suite,
  )
  const long = process.env['RECIPE_CI_SOAK'] !== '0'
  for (let round = 1; round <= count; round += 1) {
    if (round > 1 || !long) yield { suites, env: { RECIPE_CI_SOAK: '0' } }
    else yield { suites: suites.map(longer), env: { RECIPE_CI_SOAK: '1' } }
  }
}

function longer(suite: Chosen): Chosen {
  return { ...suite, timeout: suite.timeout * LONGER }
}

/** All suites beside each other: no round is to be an easy one. Shows what a person needs only of those that are red. */
async function runRound({ suites, env }: Round): Promise<Sum> {
  const sums = suites.map(async (suite): Promise<Sum> => {
    const shown: string[] = []
    const show = (line: string): void => void shown.push(line)
    const sum = sumOf(await runTap(suite, { env, signal: stop.signal, show }))
    if (sum.failed > 0) console.log(shown.join('\n'))
    return sum
  })
  return add(await Promise.all(sums))
}

function isGreen({ passed, failed }: Sum): boolean {
  return passed > 0 && failed === 0 && !stop.signal.aborted
}

async function soak(count: number): Promise<boolean> {
  const lab = await openSuiteLab(console.log)
  try {
    using load = loadCores()
    console.log(`\n== ${String(count)} rounds, ${String(load.cores)} cores loaded`)
    let number = 0
    for (const { suites, env } of rounds(count)) {
      number += 1
      const startedAt = Date.now()
      const sum = await runRound({ suites, env: { ...lab.env, ...env } })
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(0)
      const form = env['RECIPE_CI_SOAK'] === '1' ? ', long forms' : ''
      console.log(`round ${number} of ${count}: ${sumLine(sum)} in ${seconds} s${form}`)
      if (!isGreen(sum)) return false
    }
    return true
  } finally {
    await lab.close()
  }
}

const [asked = String(ROUNDS)] = process.argv.slice(2)
if (!/^[1-9]\d{0,3}$/.test(asked)) {
  console.error(`soak: "${asked}" is no number of rounds: give one from 1 to 9999`)
  process.exitCode = 2
} else {
  mkdirSync(TAP_OUTPUT, { recursive: true })
  process.exitCode = (await soak(Number(asked))) ? 0 : 1
}
