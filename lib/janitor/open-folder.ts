import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A folder held open: what is done below {@link OpenFolder.path} is done in this very folder, even when it is renamed
 * meanwhile and another one takes its name, as happens when a run id is used again.
 */
export class OpenFolder implements Disposable {
  readonly #fd: number

  private constructor(fd: number) {
    this.#fd = fd
  }

  /** Throws the system's error: not a folder, a link, gone. */
  static open(path: string): OpenFolder {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
    return new OpenFolder(openSync(path, flags))
  }

  /** A path of something in it. */
  path(name: string): string {
    return join(`/proc/self/fd/${this.#fd}`, name)
  }

  /** Whether a path names this folder now. */
  isAt(path: string): boolean {
    const ours = fstatSync(this.#fd, { bigint: true })
    const named = lstatSync(path, { bigint: true, throwIfNoEntry: false })
    return named?.dev === ours.dev && named.ino === ours.ino
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }
}
