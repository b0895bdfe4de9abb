import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/**
 * The text of a regular file, at most its first `maxBytes`. A FIFO or a device, which may have been planted there or be what
 * a link leads to, is never read: it might never end. Throws the system's error, and a TypeError for what is no regular file.
 */
export function readBeginning(path: string, maxBytes: number): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const facts = fstatSync(fd)
    if (!facts.isFile()) throw new TypeError(`"${path}" is no regular file`)
    const buffer = Buffer.alloc(Math.min(facts.size, maxBytes))
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, 0))
  } finally {
    closeSync(fd)
  }
}
