import type { Finding } from '../../lib/domain/finding.js'
import type { Lab } from '../lab/lab.js'
import { CLI, runProgram } from './run-cli.js'

export type Doctored = {
  readonly exitCode: number | null
  readonly stderr: string
  /** By id. */
  readonly found: Readonly<Record<string, Finding | undefined>>
  /** What is not ok: severity by id. */
  readonly amiss: Readonly<Record<string, string>>
}

type Around = {
  readonly env?: Readonly<Record<string, string>>
  readonly words?: readonly string[]
  /** What starts the program, in place of itself. */
  readonly by?: readonly [string, ...string[]]
}

/** Runs the real doctor on a lab, with something about it changed. */
export async function doctorOn(lab: Lab, around: Around = {}): Promise<Doctored> {
  const { env = {}, words = [], by = [CLI] } = around
  // The account's own home, so that a healthy lab has nothing to warn about.
  const ours = { ...lab.env, HOME: process.env['HOME'] ?? '/root', ABRA_DIR: lab.abraDir }
  const end = await runProgram([...by, 'doctor', '--json', ...words], { env: { ...ours, ...env } })
  const { checks } = JSON.parse(end.stdout) as { checks: readonly Finding[] }
  const bad = checks.filter(({ severity }) => severity !== 'ok')
  return {
    exitCode: end.exitCode,
    stderr: end.stderr,
    found: Object.fromEntries(checks.map(check => [check.id, check])),
    amiss: Object.fromEntries(bad.map(({ id, severity }) => [id, severity])),
  }
}
