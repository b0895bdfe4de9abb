import type { Rung } from './tiers.js'

/** One step of READY_PROBE: an HTTP path of the app, or a TCP port that takes a connection and keeps it. */
export type ReadyProbe = {
  readonly successes: number
} & (
  | { readonly kind: 'http'; readonly path: string; readonly status: readonly number[] }
  | {
      readonly kind: 'tcp'
      readonly port: number
      readonly host: string | undefined
      readonly service: string | undefined
    }
)

/** Do not place a canary in this volume or service. */
export type CanarySkip = { readonly skip: string }

/** What a recipe's `recipe-ci.yml` says, validated, with defaults filled in. Times in milliseconds. */
export type Meta = {
  readonly healthPath: string
  readonly healthOk: readonly number[]
  readonly deployTimeoutMs: number
  readonly httpTimeoutMs: number
  readonly extraEnv: Readonly<Record<string, string>>
  readonly upgradeExtraEnv: Readonly<Record<string, string>>
  readonly upgradeBaseVersion: string | undefined
  /** Rungs declared not applicable, with the reason. */
  readonly expectedNa: Readonly<Partial<Record<Exclude<Rung, 'install' | 'lint'>, string>>>
  readonly backupCapable: boolean | undefined
  readonly readyProbe: readonly ReadyProbe[]
  readonly deps: readonly string[]
  readonly warmCanonical: boolean
  readonly canary: Readonly<Record<string, CanarySkip>>
  readonly screenshot: boolean
}
