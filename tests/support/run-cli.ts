import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const CLI = fileURLToPath(new URL('../../bin/recipe-ci', import.meta.url))

export type CliEnd = {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export type CliOptions = {
  /** On top of PATH and HOME, in place of our own environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Runs recipe-ci as a caller would, with nothing of our own environment but PATH and HOME. */
export function runCli(words: readonly string[], options?: CliOptions): Promise<CliEnd> {
  return runProgram([CLI, ...words], options)
}

export function runProgram(
  [program, ...words]: readonly [string, ...string[]],
  { env = {}, cwd }: CliOptions = {},
): Promise<CliEnd> {
  const { PATH = '', HOME = '/root' } = process.env
  const options = {
    env: { PATH, HOME, ...env },
    maxBuffer: 64 * 1024 * 1024,
    ...(cwd === undefined ? {} : { cwd }),
  }
  return new Promise(resolve => {
    const child = execFile(program, words, options, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode, signal: child.signalCode, stdout, stderr })
    })
  })
}
