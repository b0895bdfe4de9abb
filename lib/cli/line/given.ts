import type { Origin } from '../../domain/request.js'

/** A text that somebody gave for a setting, with where. */
export type Given = {
  readonly text: string
  readonly origin: Origin
  /** For people: `--pr`, `PR`, `pr in /etc/recipe-ci/config.yml, line 3, column 5`. */
  readonly place: string
  /** Where relative paths start. */
  readonly baseDir: string
}

/** What a config file says, key by key, not yet understood. */
export type ConfigFile = ReadonlyMap<string, Given>
