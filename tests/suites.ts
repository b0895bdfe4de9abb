/**
 * Runs suites with tap: `node --import tsx tests/suites.ts SUM_FILE [suite or path…]`. Shows failures and one line a
 * file, keeps the full output under .tap/suites, and writes what everything adds up to into SUM_FILE. See tests/run.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { choose, SUITES, type Chosen } from './support/suites.js'
import { share } from './support/shared-process.js'
import { createDigest } from './support/tap-digest.js'
import { add, sumLine, sumOf, type Sum } from './support/tap-sum.js'

type Ran = { readonly suite: Chosen; readonly sum: Sum; readonly seconds: number }

const OUTPUT = '.tap/suites'

async function runSuite(suite: Chosen): Promise<Ran> {
  const start = Date.now()
  console.log(`\n== ${suite.name}: ${suite.files.length} files`)
  const lines = suite.files.length === 0 ? [] : await runTap(suite)
  const sum = sumOf(lines)
  const ranNothing = sum.passed + sum.failed === 0
  if (ranNothing) console.log(`not ok: the suite ${suite.name} ran nothing`)
  return {
    suite,
    sum: ranNothing ? { ...sum, failed: 1 } : sum,
    seconds: (Date.now() - start) / 1000,
  }
}

async function runTap({ name, jobs, timeout, files, shared }: Chosen): Promise<readonly string[]> {
  const options = [`--jobs=${jobs}`, `--timeout=${timeout}`, '--reporter=tap', '--no-color']
  const run = shared ? share(files, jobs, OUTPUT) : files
  const tap = spawn('node_modules/.bin/tap', [...options, ...run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => tap.kill(signal))
  }
  const ended = once(tap, 'exit')
  const lines: string[] = []
  const digest = createDigest()
  for await (const line of createInterface({ input: tap.stdout })) {
    lines.push(line)
    for (const shown of digest(line)) console.log(shown)
  }
  const [code] = (await ended) as [number | null]
  writeFileSync(`${OUTPUT}/${name}.tap`, `${lines.join('\n')}\n`)
  // The exit status has the last word: a failure that no line shows is a failure.
  if (code !== 0 && sumOf(lines).failed === 0) lines.push(`not ok tap ended with ${String(code)}`)
  return lines
}

function table(ran: readonly Ran[]): void {
  console.log('')
  for (const { suite, sum, seconds } of ran) {
    console.log(`${suite.name.padEnd(12)} ${sumLine(sum)} in ${seconds.toFixed(1)} s`)
  }
}

async function main([sumFile, ...words]: readonly string[]): Promise<boolean> {
  if (sumFile === undefined) throw new RangeError('Name the file that the sum is written to')
  mkdirSync(OUTPUT, { recursive: true })
  const ran: Ran[] = []
  for (const suite of choose(words)) ran.push(await runSuite(suite))
  table(ran)
  const total = add(ran.map(({ sum }) => sum))
  writeFileSync(sumFile, `${sumLine(total)}\n`)
  return total.failed === 0 && total.passed > 0
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1
} catch (error) {
  if (!(error instanceof RangeError)) throw error
  console.error(`${error.message}; suites: ${SUITES.map(({ name }) => name).join(', ')}`)
  process.exitCode = 2
}
