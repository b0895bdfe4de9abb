import { Fault } from '../errors.js'
import { freeSpace } from './free-space.js'
import { shortage } from './judge-space.js'

/** A disk that a run needs has too little room left. */
class NoRoom extends Fault {
  readonly code = 'RCI_DISK_FULL'
  readonly hint =
    'Make room on that disk ("docker system df", older run folders), or lower minFreeMegabytes'

  constructor(short: string) {
    super(`Cannot start: ${short}`)
  }
}

/** Looks at the disk of each of these paths. @throws NoRoom when one has less than this free, or too few inodes. */
export async function demandRoom(paths: readonly string[], leastBytes: number): Promise<void> {
  for (const path of paths) {
    const short = shortage(await freeSpace(path), leastBytes)
    if (short !== undefined) throw new NoRoom(short)
  }
}
