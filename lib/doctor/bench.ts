import type { AbraFacts } from '../abra/flags.js'
import type { Env } from '../domain/env.js'
import type { HostConfig } from '../domain/request.js'
import type { Answer, Silence } from '../health/https-request.js'
import type { Guard } from '../process/guard.js'
import type { RunProcess } from '../process/run-process.js'
import type { Engine } from '../swarm/engine.js'
import type { EngineInfo } from './engine-info.js'

/** What is asked about, and the tools to look with. Each tool is got once, and shared by the checks. */
export type Bench = {
  readonly env: Env
  readonly config: HostConfig
  /** Undefined: none is configured. */
  readonly domain: string | undefined
  /** The config file that was read, if there is one. */
  readonly configFile: string | undefined
  /** What is malformed in config file and environment. */
  readonly problems: readonly { readonly message: string; readonly fix: string }[]
  readonly installDir: string
  readonly pid: number
  readonly now: () => Date
  readonly guard: () => Promise<Guard>
  readonly run: () => Promise<RunProcess>
  readonly engine: () => Promise<Engine>
  readonly info: () => Promise<EngineInfo>
  readonly abra: () => Promise<AbraFacts>
  /** The environment of an abra call. */
  readonly abraEnv: Env
  /** What the gateway says to a name that no app has. */
  readonly answer: () => Promise<Answer | Silence>
  /** What the folder of secrets holds. */
  readonly secrets: {
    readonly values: readonly string[]
    readonly unreadable: readonly string[]
  }
}

/** Runs `get` at the first call; later ones share what came of it. */
export function once<Thing>(get: () => Promise<Thing>): () => Promise<Thing> {
  let got: Promise<Thing> | undefined
  return () => (got ??= get())
}
