import type { Kept } from '../backup/promise.js'
import type { Check } from '../domain/check.js'
import type { CanaryReport } from '../domain/results.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import { judgeRestore, judgeSurvival } from './judge-reading.js'
import { SQLITE } from './dialects.js'
import type { Spot } from './spot.js'

const NO_SQLITE =
  /^not written|no database of its own|no running container|executable file not found|no such file or directory/

/** One value that lies in the app's data, to see whether the data survives. */
export class Canary {
  readonly #spot: Spot
  /** Why it does not lie there; undefined once it does. */
  #refused: string | undefined = 'not written yet'
  #excludedBefore = false
  #changed: string | undefined

  constructor(spot: Spot) {
    this.#spot = spot
    this.#refused = spot.refused ?? this.#refused
  }

  get covered(): boolean {
    return this.#refused === undefined
  }

  /** The file that it is, once it lies there. */
  get mark(): Spot['mark'] {
    return this.covered ? this.#spot.mark : undefined
  }

  get kind(): string {
    return this.#spot.kind
  }

  get volumes(): readonly string[] {
    return this.#spot.volumes
  }

  /** Covered, or worth a word: that a service has no SQLite file is not, nor that it could not be asked for any. */
  get isToldOf(): boolean {
    if (this.covered || this.kind !== SQLITE.kind) return true
    return this.#spot.refused === undefined && !NO_SQLITE.test(this.#refused ?? '')
  }

  get sqliteFiles(): readonly string[] {
    return this.#spot.sqliteFiles()
  }

  report(kept: Kept): CanaryReport {
    const { kind } = this.#spot
    const reason = this.#refused ?? this.#notPromised(kept) ?? null
    return { kind, where: this.#spot.where(), covered: this.covered, reason }
  }

  /** Puts it in place, once. A place that takes none is not the recipe's fault: only the report tells. */
  async write(services: readonly ServiceFacts[]): Promise<void> {
    if (this.#spot.refused !== undefined || this.covered) return
    this.#excludedBefore = this.#spot.isExcluded(services)
    const written = await this.#spot.write()
    this.#refused = written.kind === 'found' ? undefined : written.why
  }

  async survived(services: readonly ServiceFacts[]): Promise<readonly Check[]> {
    if (!this.covered) return []
    const reading = await this.#spot.read()
    const excluded = this.#excludedBefore || this.#spot.isExcluded(services)
    const rebuilt = reading.kind === 'gone' && (await this.#spot.isRebuilt())
    return [judgeSurvival(this.#subject(), reading, { excluded, rebuilt })]
  }

  /** Changes it if a restore must bring it back: only then does its old value prove anything. */
  async change(kept: Kept): Promise<void> {
    if (!this.covered || this.#notPromised(kept) !== undefined) return
    const back = await this.#spot.change()
    const done = back.kind === 'found' && back.found === this.#spot.changed
    this.#changed = done ? back.found : undefined
  }

  async restored(kept: Kept, fresh: boolean): Promise<readonly Check[]> {
    if (!this.covered) return []
    const detail = this.#notPromised(kept)
    const name = `restored: ${this.#spot.what}`
    if (detail !== undefined) return [{ name, status: 'skip', ms: 0, detail }]
    return [judgeRestore(this.#subject(), await this.#spot.read(), { fresh })]
  }

  async drop(): Promise<void> {
    if (this.covered) await this.#spot.drop()
  }

  #notPromised(kept: Kept): string | undefined {
    const why = this.#spot.notPromised(kept)
    return why === undefined ? undefined : `not promised by a restore: ${why}`
  }

  #subject() {
    const { what, key, old } = this.#spot
    return { what, key, old, changed: this.#changed }
  }
}
