import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'

/** A file that grows by whole lines, written as they come: what a killed process had said stays readable. */
export type LineFile = {
  /** Undefined, or why the line could not be kept. Never throws. */
  readonly append: (line: string) => string | undefined
  readonly close: () => void
}

/** Opens for appending. A file that can't be opened loses every line; the run goes on. */
export function openLineFile(path: string): LineFile {
  const fd = opened(path)
  return {
    append: line => (typeof fd === 'string' ? fd : appended(fd, Buffer.from(`${line}\n`))),
    close: () => {
      if (typeof fd === 'number')
        attempt(() => {
          closeSync(fd)
        })
    },
  }
}

/** The file, or why there is none. */
function opened(path: string): number | string {
  try {
    return openSync(path, 'a')
  } catch (error) {
    return reasonOf(error)
  }
}

/** A line that fits only in part is taken back, so that every line of the file is whole. */
function appended(fd: number, bytes: Buffer): string | undefined {
  const before = attempt(() => fstatSync(fd).size)
  let done = 0
  try {
    while (done < bytes.length) done += writeSync(fd, bytes, done)
    return undefined
  } catch (error) {
    if (before !== undefined && done > 0)
      attempt(() => {
        ftruncateSync(fd, before)
      })
    return reasonOf(error)
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function attempt<Value>(act: () => Value): Value | undefined {
  try {
    return act()
  } catch {
    return undefined // nothing more can be done for this file
  }
}
