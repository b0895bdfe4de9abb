import type { CauseClass } from '../domain/cause.js'
import type { Diagnosis } from '../domain/diagnosis.js'
import type { Doom } from './doom.js'
import type { Findings } from './doomed-cause.js'
import type { Engine } from './engine.js'
import { ensureImage } from './pull.js'

const PULL_MS = 10_000
/** What a program does that cannot write any more. */
const SUFFERS_FROM_DISK: readonly CauseClass[] = ['crash_loop', 'killed_unhealthy', 'rolled_back']

/** Where to look besides the diagnosis. */
export type Sources = {
  readonly engine: Engine
  /** That the Engine's disk has next to nothing left, in words; undefined: there is room, or nobody knows. */
  readonly fullDisk?: (() => Promise<string | undefined>) | undefined
}

/** What the diagnosis adds to a doom; for a missing image the registry, for an app that fails the host's disk. */
export async function findingsOf(
  { engine, fullDisk }: Sources,
  doom: Doom,
  diagnosis: Diagnosis,
): Promise<Findings> {
  const own = diagnosis.tasks.filter(task => task.service === doom.service.name)
  const proof = own.find(task => task.taskId === doom.life?.task.id) ?? own.at(-1)
  return {
    lastLine: proof?.lastLines.at(-1) ?? own.flatMap(task => task.lastLines).at(-1),
    healthOutput: proof?.healthOutputs.at(-1),
    pullError: doom.class === 'image_missing' ? await pullErrorOf(engine, doom) : undefined,
    fullDisk: SUFFERS_FROM_DISK.includes(doom.class) ? await fullDisk?.() : undefined,
  }
}

/** Swarm only says that there is no such image; why it could not be pulled, the registry tells again. */
async function pullErrorOf(engine: Engine, doom: Doom): Promise<string | undefined> {
  const pull = await ensureImage(engine, doom.service.image, { deadlineMs: PULL_MS })
  return pull.outcome === 'failed' ? pull.detail : undefined
}
