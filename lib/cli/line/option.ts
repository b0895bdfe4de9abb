import type { Parse } from './parsers.js'

/** One setting: where it can be given, what it means, how it is read. The registry drives parsing, `--help` and docs. */
export type Option<T> = {
  /** As commander takes them: `--ref <ref>`, `--quick`, `[recipe]`; absent when it is no option. */
  readonly flags?: string
  /** Environment twins; the first that is not empty counts. */
  readonly env: readonly string[]
  /** Key in the config file. */
  readonly key?: string
  readonly parse: Parse<T>
  /** The default, as `--help` says it. */
  readonly standard: string
  readonly help: string
  /** What a shell offers to complete it with; a list may hold several of them. */
  readonly words?: readonly string[]
}

/** Keeps the type of what the parser yields. */
export function option<T>(spec: Option<T>): Option<T> {
  return spec
}

/** A setting that has a key in the config file. */
export type Setting<T> = Option<T> & { readonly key: string }

export function setting<T>(spec: Setting<T>): Setting<T> {
  return spec
}
