import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { Ended } from '../lives/processes.js'
import type { CompiledStep } from './compile.js'

/** A step as the exec runner on a host runs it. */
export type RunningStep = {
  readonly shell: ChildProcess
  /** The folder of the build: its home, its clone, its scripts. */
  readonly root: string
  /** Resolves with the shell's exit; does not wait for whoever else holds its output. */
  readonly ended: Promise<Ended>
  /** What the log of the build holds. */
  readonly output: () => string
  /** As the runner does it, also at the time-out of the repository: SIGKILL to the shell alone, then the folder goes. */
  readonly cancel: () => void
}

export type StepOptions = {
  /** What stands at /bin/sh on the host. */
  readonly shell: readonly [string, ...string[]]
  /** Puts the clone into the step's working folder. */
  readonly clone: (source: string) => void
}

/**
 * Starts a compiled step: SHELL -e FILE, no process group or session of its own, nothing on stdin, an environment of
 * its own. What is left of it is removed when the test ends.
 */
export function startStep(t: Test, step: CompiledStep, { shell, clone }: StepOptions): RunningStep {
  const root = mkdtempSync(join(tmpdir(), 'drone-'))
  for (const folder of ['home/drone', 'drone/src', 'opt']) {
    mkdirSync(join(root, folder), { recursive: true, mode: 0o700 })
  }
  const source = join(root, 'drone/src')
  clone(source)
  const script = join(root, 'opt', step.name)
  writeFileSync(script, step.script, { mode: 0o700 })
  const [file, ...words] = shell
  const child = spawn(file, [...words, '-e', script], {
    cwd: source,
    env: { ...step.env(root) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      resolve({ code, signal })
    })
  })
  const remove = (): void => {
    rmSync(root, { recursive: true, force: true })
  }
  t.teardown(() => {
    child.kill('SIGKILL')
    for (const stream of [child.stdout, child.stderr]) stream.destroy()
    remove()
  })
  const cancel = (): void => {
    child.kill('SIGKILL')
    remove()
  }
  return { shell: child, root, ended, output: () => output, cancel }
}
