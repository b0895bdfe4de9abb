/**
 * Runs suites with tap: `node --import tsx tests/suites.ts SUM_FILE [suite or path…]`. Starts a lab of its own where a
 * suite needs one and takes it down again. Shows failures and one line a file, keeps the full output under .tap/suites,
 * and writes what everything adds up to into SUM_FILE. See tests/run.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { choose, SUITES, type Chosen } from './support/suites.js'
import { runTap, TAP_OUTPUT } from './support/run-tap.js'
import { add, sumLine, sumOf, type Sum } from './support/tap-sum.js'
import { openSuiteLab, type SuiteLab } from './support/test-lab.js'

type Ran = { readonly name: string; readonly sum: Sum; readonly seconds: number }

const NO_LAB: SuiteLab = { env: {}, close: () => Promise.resolve() }
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stop.abort(new Error(`stopped by ${signal}`))
  })
}

async function runSuite(suite: Chosen, env: SuiteLab['env']): Promise<Ran> {
  const start = Date.now()
  console.log(`\n== ${suite.name}: ${suite.files.length} files`)
  const lines = suite.files.length === 0 ? [] : await runTap(suite, { env, signal: stop.signal })
  const sum = sumOf(lines)
  const ranNothing = sum.passed + sum.failed === 0
  if (ranNothing) console.log(`not ok: the suite ${suite.name} ran nothing`)
  const seconds = (Date.now() - start) / 1000
  return { name: suite.name, sum: ranNothing ? { ...sum, failed: 1 } : sum, seconds }
}

async function runAll(suites: readonly Chosen[]): Promise<readonly Ran[]> {
  const ran: Ran[] = []
  let lab = NO_LAB
  try {
    for (const suite of suites) {
      if (suite.lab && lab === NO_LAB) {
        console.log('\n== lab')
        lab = await openSuiteLab(console.log)
      }
      ran.push(await runSuite(suite, lab.env))
      if (stop.signal.aborted) break
    }
  } finally {
    await lab.close()
  }
  return ran
}

async function main([sumFile, ...words]: readonly string[]): Promise<boolean> {
  if (sumFile === undefined) throw new RangeError('Name the file that the sum is written to')
  mkdirSync(TAP_OUTPUT, { recursive: true })
  const ran = await runAll(choose(words))
  console.log('')
  for (const { name, sum, seconds } of ran) {
    console.log(`${name.padEnd(12)} ${sumLine(sum)} in ${seconds.toFixed(1)} s`)
  }
  const total = add(ran.map(({ sum }) => sum))
  writeFileSync(sumFile, `${sumLine(total)}\n`)
  return total.failed === 0 && total.passed > 0 && !stop.signal.aborted
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  if (!(error instanceof RangeError)) throw error
  console.error(`${error.message}; suites: ${SUITES.map(({ name }) => name).join(', ')}`)
  process.exitCode = 2
}
