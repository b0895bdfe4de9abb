import { readBeginning } from '../files/read-beginning.js'

/** The part of a run's `results.json` that the janitor looks at; undefined: it says nothing of the kind. */
export type RunRecord = {
  readonly status: string | undefined
  readonly recipe: string | undefined
}

const HEAD_BYTES = 2048
const LONGEST_BYTES = 32 * 1024 * 1024
/** The object's beginning up to its status, with nothing nested before it. */
const HEAD = /^\{[^{}[\]]*?"status"\s*:\s*"[^"\\]*"/
const NOTHING: RunRecord = { status: undefined, recipe: undefined }

/**
 * Reads what a record says of itself; of most only the beginning is read. Never throws: a record that is missing,
 * broken or no file says nothing.
 */
export function readRecord(path: string): RunRecord {
  try {
    const head = HEAD.exec(readBeginning(path, HEAD_BYTES))
    if (head !== null) return summary(JSON.parse(`${head[0]}}`))
    return summary(readWhole(path))
  } catch {
    return NOTHING
  }
}

/** The whole record. Throws the system's error, or a SyntaxError. */
export function readWhole(path: string): unknown {
  return JSON.parse(readBeginning(path, LONGEST_BYTES))
}

function summary(value: unknown): RunRecord {
  if (typeof value !== 'object' || value === null) return NOTHING
  const { status, recipe } = value as Record<string, unknown>
  return { status: textOf(status), recipe: textOf(recipe) }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
