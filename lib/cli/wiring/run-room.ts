import { removeDangling } from '../../disk/dangling-images.js'
import { dockerRoot } from '../../disk/docker-root.js'
import { freeSpace } from '../../disk/free-space.js'
import { megabytes, shortage } from '../../disk/judge-space.js'
import { demandRoom } from '../../disk/no-room.js'
import { someRunLives } from '../../janitor/alive.js'
import type { RunWiring } from './run-wiring.js'

/** Below so many times what a run wants, images that nothing uses are removed first. */
const CLEAN_BELOW = 2

/**
 * Room for a run, before it creates anything: on Docker's disk, where images without name go first when it is tight and no
 * other run lives, and for its own folder. Throws NoRoom.
 */
export async function makeRoom(wiring: RunWiring): Promise<void> {
  const { minFreeBytes, runsDir } = wiring.request.config
  if (minFreeBytes === 0) return
  const root = await dockerRoot(wiring.engine)
  if (root !== undefined && shortage(await freeSpace(root), CLEAN_BELOW * minFreeBytes)) {
    await cleanImages(wiring)
  }
  await demandRoom([runsDir, ...(root === undefined ? [] : [root])], minFreeBytes)
}

async function cleanImages({ engine, request, emit }: RunWiring): Promise<void> {
  const { config, runId } = request
  const { runsDir, lockDir, domain: suffix } = config
  const signs = { runsDir, lockDir, suffix, except: runId }
  const { images, bytes } = await removeDangling(engine, () => someRunLives(signs))
  if (images === 0) return
  const text = `Docker's disk is tight: ${images} images without a name removed, ${megabytes(bytes)}`
  emit({ type: 'run.noted', text })
}
