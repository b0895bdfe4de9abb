import { stat } from 'node:fs/promises'
import type { Engine } from '../swarm/engine.js'
import { freeSpace } from './free-space.js'
import { fullness } from './judge-space.js'

/** Docker's folder, where the engine is on this machine. Throws an EngineFault. */
export async function dockerRoot(engine: Pick<Engine, 'get'>): Promise<string | undefined> {
  const { DockerRootDir: root } = await engine.get<{ DockerRootDir?: string }>('/info')
  if (root === undefined) return undefined
  return (await stat(root).catch(() => undefined)) === undefined ? undefined : root
}

/**
 * That Docker's disk has next to nothing left, in words. Undefined as well where that is not known: the disk of an Engine
 * elsewhere, or of one that does not answer.
 */
export async function fullDisk(engine: Pick<Engine, 'get'>): Promise<string | undefined> {
  try {
    const root = await dockerRoot(engine)
    return root === undefined ? undefined : fullness(await freeSpace(root))
  } catch {
    return undefined
  }
}
