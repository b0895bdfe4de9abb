import type { Kept } from '../backup/promise.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import type { Reading } from './reading.js'

/** A place in the app's data where one canary may lie, and how to get at it. */
export type Spot = {
  /** A place has one canary. */
  readonly id: string
  /** `file`, or the kind of database. */
  readonly kind: string
  /** For messages: `file in volume "uploads"`. */
  readonly what: string
  /** The key of CANARY that would skip it. */
  readonly key: string
  /** Why it takes none; undefined: it may. */
  readonly refused: string | undefined
  /** The file that it is, in the root of a volume; undefined: it is none. */
  readonly mark: { readonly volume: string; readonly file: string } | undefined
  /** The volumes whose data it watches, full names. */
  readonly volumes: readonly string[]
  /** What it holds once written. */
  readonly old: string
  /** What it holds once changed. */
  readonly changed: string
  /** Where it lies, with what was found out by writing. */
  where(): string
  write(): Promise<Reading<unknown>>
  read(): Promise<Reading<string>>
  /** Resolves with what it holds then. */
  change(): Promise<Reading<string>>
  drop(): Promise<void>
  /** Why it is not expected back from a restore; undefined: it is. */
  notPromised(kept: Kept): string | undefined
  /** The recipe leaves the place out of its backups: it holds nothing worth keeping. */
  isExcluded(services: readonly ServiceFacts[]): boolean
  /** SQLite files that were seen beside it. */
  sqliteFiles(): readonly string[]
  /** Whether the older content of the place is gone too. */
  isRebuilt(): Promise<boolean>
}
