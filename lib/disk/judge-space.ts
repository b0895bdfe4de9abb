import type { FreeSpace } from './free-space.js'

/** A checkout of a recipe, its logs and an image's layers are thousands of files. */
const FEWEST_INODES = 5_000

/** What is too little of a place, in words; undefined: there is enough. */
export function shortage(
  { path, freeBytes, freeInodes }: FreeSpace,
  leastBytes: number,
): string | undefined {
  if (freeBytes < leastBytes)
    return `${megabytes(freeBytes)} are free at "${path}", ${megabytes(leastBytes)} are wanted`
  if (leastBytes > 0 && freeInodes !== undefined && freeInodes < FEWEST_INODES)
    return `${freeInodes} inodes are free at "${path}", ${FEWEST_INODES} are wanted`
  return undefined
}

/** A server that wants one more file of its journal does not get it. */
const NEXT_TO_NOTHING_BYTES = 64 * 1024 * 1024

/** That a place has next to nothing left, in words; undefined: a program can go on writing there. */
export function fullness({ path, freeBytes, freeInodes }: FreeSpace): string | undefined {
  if (freeBytes < NEXT_TO_NOTHING_BYTES) return `${megabytes(freeBytes)} are free at "${path}"`
  return freeInodes === 0 ? `no inode is free at "${path}"` : undefined
}

export function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MB`
}
