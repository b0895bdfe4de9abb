import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What is free where a path is, or will be. */
export type FreeSpace = {
  readonly path: string
  readonly freeBytes: number
  readonly totalBytes: number
  /** Undefined: this file system makes them as it needs them. */
  readonly freeInodes: number | undefined
}

/** Asks the file system of a path; of the nearest folder above it when it is not there yet. Throws the system's error. */
export async function freeSpace(path: string): Promise<FreeSpace> {
  const { bsize, bavail, blocks, files, ffree } = await statfs(await nearest(path))
  return {
    path,
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
    freeInodes: files === 0 ? undefined : ffree,
  }
}

async function nearest(path: string): Promise<string> {
  let at = path
  while ((await stat(at).catch(() => undefined)) === undefined && at !== dirname(at))
    at = dirname(at)
  return at
}
