import type { Observation } from '../../domain/finding.js'
import { freeSpace } from '../../disk/free-space.js'
import { megabytes, shortage } from '../../disk/judge-space.js'
import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { fail, needed, ok, warn } from '../look.js'
import { isThere } from '../trials.js'

/** How many times the least there should be for comfort. */
const COMFORT = 4
const FIX =
  'Make room there, or lower "keepRuns"; "minFreeMegabytes" is what a run wants before it starts'

/** Space and inodes, where runs need them. */
export const DISK_CHECKS: readonly Check<Bench>[] = [
  {
    id: 'disk-runs',
    about: 'there is room for run folders, in bytes and inodes',
    look: ({ config }) => lookAtDisk(config.runsDir, config.minFreeBytes),
  },
  {
    id: 'disk-state',
    about: 'there is room for the state dir, in bytes and inodes',
    look: ({ config }) => lookAtDisk(config.stateDir, config.minFreeBytes),
  },
  {
    id: 'disk-docker',
    about: "there is room on Docker's disk, in bytes and inodes",
    look: async bench => {
      const { DockerRootDir: root } = await needed(bench.info(), 'engine')
      if (root === undefined || !(await isThere(root)))
        return warn(
          `Docker's folder ${root ?? ''} is not on this machine: its disk was not looked at`,
          'Look at the disk of the machine that the engine is on',
        )
      return lookAtDisk(root, bench.config.minFreeBytes)
    },
  },
]

async function lookAtDisk(path: string, leastBytes: number): Promise<Observation> {
  const space = await freeSpace(path)
  const short = shortage(space, leastBytes)
  if (short !== undefined) return fail(short, FIX)
  const tight = shortage(space, COMFORT * leastBytes)
  if (tight !== undefined) return warn(tight, FIX)
  const { freeBytes, totalBytes, freeInodes } = space
  const inodes = freeInodes === undefined ? '' : `, ${freeInodes} inodes`
  return ok(`${megabytes(freeBytes)} of ${megabytes(totalBytes)} free${inodes}`)
}
