import type { CrashPoint } from './crash-points.js'
import type { AppDomain, RecipeName, RunId } from './names.js'
import type { Tier } from './tiers.js'

/** Where the ref is cloned from. */
export type Source = {
  readonly kind: 'path' | 'url' | 'mirror' | 'upstream'
  /** An absolute path or a URL, ready for `git clone`. */
  readonly location: string
}

/** The operator's settings: config file, its environment twins and defaults, validated. */
export type Config = {
  /** Wildcard suffix, used by CI alone. */
  readonly domain: string
  /** abra's name for the server. */
  readonly server: string
  /** Where the wildcard is reached; undefined: the name itself, port 443. */
  readonly gateway: { readonly host: string; readonly port: number } | undefined
  /** Path of an extra CA in PEM form. */
  readonly ca: string | undefined
  readonly upstreamBase: string
  readonly mirrorBase: string | undefined
  readonly runsDir: string
  readonly lockDir: string
  readonly recipesDir: string
  readonly stateDir: string
  readonly secretsDir: string
  readonly deadlineMs: number
  readonly teardownMs: number
  readonly keepRuns: number
  /** What a run wants before it starts, for its folder and on Docker's disk. */
  readonly minFreeBytes: number
  readonly repoLocal: 'deny' | 'sandbox'
  /** `$ABRA_DIR` if set, else `~/.abra`: the canonical one, never a run's. */
  readonly abraDir: string
}

export type OutputFormat = 'human' | 'ndjson' | 'tap'

/** What was asked of `recipe-ci run`, validated and frozen. */
export type RunRequest = {
  readonly recipe: RecipeName
  /** As requested, before resolution. */
  readonly ref: string | undefined
  readonly pr: number
  readonly src: Source
  readonly tiers: readonly Tier[]
  readonly version: string | undefined
  readonly quick: boolean
  readonly skipFetch: boolean
  readonly keep: boolean
  readonly replaceKept: boolean
  readonly freshRestore: boolean
  readonly detached: boolean
  readonly plan: boolean
  readonly runId: RunId
  readonly format: OutputFormat
  /** Tiers whose generic assertions are skipped; local development only. */
  readonly skipGeneric: readonly Tier[]
  /** Warnings about the request itself, to be said once the run has started. */
  readonly warnings: readonly string[]
  /** A link to the CI build, for the lock file's readers. */
  readonly buildLink: string | undefined
  /** Under Drone or another CI. */
  readonly underCi: boolean
  readonly domain: AppDomain
  readonly config: Config
}

/** The operator's settings where no wildcard suffix is needed. */
export type HostConfig = Omit<Config, 'domain'>

/** What was asked of `recipe-ci janitor`. */
export type JanitorRequest = {
  /** Decide and say, change nothing; opens existing lockfiles only. */
  readonly dryRun: boolean
  /** One JSON object on stdout in place of lines. */
  readonly json: boolean
  readonly warnings: readonly string[]
  readonly config: Config
}

/** What was asked of `recipe-ci fetch`: bring the staged clone in `<abraDir>/recipes/<recipe>` up to date. */
export type FetchRequest = {
  readonly recipe: RecipeName
  readonly ref: string | undefined
  readonly src: Source
  readonly config: HostConfig
}

/** What was asked of `recipe-ci selftest`. */
export type SelftestRequest = LabSelftestRequest | HostSelftestRequest

/** On a lab of its own, with these words. */
export type LabSelftestRequest = { readonly where: 'lab'; readonly words: readonly string[] }

/** On this host, as it is configured. */
export type HostSelftestRequest = {
  readonly where: 'host'
  readonly points: readonly CrashPoint[]
  /** They were named one by one: none is left out. */
  readonly chosen: boolean
  readonly json: boolean
  /** Of the small recipe: must hold a shell and a web server. */
  readonly image: string
  /** Sets this self-test's app apart from another's. */
  readonly pr: number
  /** Where the process was started. */
  readonly cwd: string
  /** The config file that was read. */
  readonly configFile: string | undefined
  readonly config: Config
}

/** What was asked of `recipe-ci setup-abra-dir`. */
export type SetupRequest = {
  readonly runId: RunId
  readonly config: HostConfig
}

/** Who gave a setting. */
export type Origin =
  | { readonly kind: 'option' | 'environment'; readonly name: string }
  | {
      readonly kind: 'file'
      readonly path: string
      readonly line: number
      readonly column: number
    }

/** One setting as it counts: its value, null for none, and who gave it. */
export type SettingRow = {
  readonly key: string
  readonly value: string | number | null
  readonly origin: Origin | { readonly kind: 'default' }
}

/** What was asked of `recipe-ci config`. */
export type ConfigRequest = {
  /** Print every setting, not only that all is well. */
  readonly show: boolean
  readonly json: boolean
  /** The config file that was read; undefined: there is none. */
  readonly file: string | undefined
  /** How many keys it sets. */
  readonly keys: number
  readonly settings: readonly SettingRow[]
  /** What the values that must be masked are found by. */
  readonly around: Pick<HostConfig, 'secretsDir' | 'upstreamBase' | 'mirrorBase'>
}

/** What was asked of `recipe-ci completion`. */
export type CompletionRequest = { readonly shell: 'bash' | 'zsh' | 'fish' }

/** What was asked of `recipe-ci doctor`: whatever is malformed in the settings is one of its findings. */
export type DoctorRequest = {
  /** One JSON object on stdout in place of lines. */
  readonly json: boolean
  /** The config file that was read; undefined: there is none. */
  readonly configFile: string | undefined
  readonly problems: readonly { readonly message: string; readonly fix: string }[]
  /** Defaults stand in for what is malformed. */
  readonly config: HostConfig
  readonly domain: string | undefined
}
