import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { share } from './shared-process.js'
import type { Chosen } from './suites.js'
import { createDigest } from './tap-digest.js'
import { sumOf } from './tap-sum.js'

/** Where the full output of the suites is kept. */
export const TAP_OUTPUT = '.tap/suites'

export type TapOptions = {
  /** On top of our own environment. */
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Gets the digest line by line; default: the terminal. */
  readonly show?: (line: string) => void
}

/** Runs the files of a suite, shows the digest of what tap says, and resolves to all its lines. */
export async function runTap(
  { name, jobs, timeout, files, shared }: Chosen,
  { env, signal, show = console.log }: TapOptions,
): Promise<readonly string[]> {
  const options = [`--jobs=${jobs}`, `--timeout=${timeout}`, '--reporter=tap', '--no-color']
  const run = shared ? share(files, jobs, TAP_OUTPUT) : files
  const tap = spawn('node_modules/.bin/tap', [...options, ...run], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  })
  const kill = (): void => void tap.kill('SIGTERM')
  signal.addEventListener('abort', kill)
  const ended = once(tap, 'exit')
  const lines: string[] = []
  const digest = createDigest()
  for await (const line of createInterface({ input: tap.stdout })) {
    lines.push(line)
    for (const shown of digest(line)) show(shown)
  }
  const [code] = (await ended) as [number | null]
  signal.removeEventListener('abort', kill)
  writeFileSync(`${TAP_OUTPUT}/${name}.tap`, `${lines.join('\n')}\n`)
  // The exit status has the last word: a failure that no line shows is a failure.
  if (code !== 0 && sumOf(lines).failed === 0) lines.push(`not ok tap ended with ${String(code)}`)
  return lines
}
