import { fork, type ChildProcess } from 'node:child_process'
import { on, once } from 'node:events'
import type { Test } from 'tap'

/** A message of a helper process. */
export type Said = { readonly type: string } & Readonly<Record<string, unknown>>

export type Actor = {
  readonly pid: number
  readonly child: ChildProcess
  /** The first message of that type, also one that has come already. */
  said(type: string): Promise<Said>
  /** Messages so far. */
  readonly heard: readonly Said[]
  tell(message: string): void
  /** SIGKILL, resolved when the process is gone. */
  kill(): Promise<void>
  gone(): Promise<void>
}

/** Starts a helper process of this folder; it is killed at the end of the test, whatever happens. */
export function startActor(t: Test, program: string, args: readonly string[]): Actor {
  const env = { ...process.env, NODE_OPTIONS: '', NODE_EXTRA_CA_CERTS: '' }
  const child = fork(new URL(program, import.meta.url), args, {
    execArgv: ['--import', 'tsx'],
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  t.teardown(() => child.kill('SIGKILL'))
  const heard: Said[] = []
  child.on('message', message => heard.push(message as Said))
  return {
    pid: child.pid ?? -1,
    child,
    heard,
    said: async type => heard.find(said => said.type === type) ?? (await next(child, type)),
    tell: message => child.send(message),
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    gone: async () => {
      await exited
    },
  }
}

async function next(child: ChildProcess, type: string): Promise<Said> {
  const signal = AbortSignal.timeout(120_000)
  for await (const [message] of on(child, 'message', { signal }) as AsyncIterable<[Said]>) {
    if (message.type === type) return message
  }
  throw new Error(`The process ended without saying "${type}"`)
}
