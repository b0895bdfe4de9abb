import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { HappeningBody } from '../../lib/domain/events.js'
import type { Results } from '../../lib/domain/results.js'
import { createMask, type Mask } from '../../lib/report/mask.js'
import type { RunIdentity } from '../../lib/results/notes.js'
import { createRecorder, type Recorder } from '../../lib/results/recorder.js'
import { IDENTITY } from './happenings.js'

type Kit = {
  readonly runDir: string
  readonly recorder: Recorder
  readonly emitted: HappeningBody[]
  readonly mask: Mask
  readonly read: () => Results
}

function kit(t: Test, identity: Partial<RunIdentity> = {}): Kit {
  const runDir = t.testdir({})
  const emitted: HappeningBody[] = []
  const mask = createMask()
  const recorder: Recorder = createRecorder({
    ...IDENTITY,
    ...identity,
    runDir,
    secrets: mask,
    emit: happening => {
      emitted.push(happening)
      recorder.observe(happening)
    },
  })
  const read = () => JSON.parse(readFileSync(join(runDir, 'results.json'), 'utf8')) as Results
  return { runDir, recorder, emitted, mask, read }
}

/** A recorder in a folder of its own, to which all this has happened already. */
export async function played(
  t: Test,
  happenings: readonly HappeningBody[],
  identity: Partial<RunIdentity> = {},
): Promise<Kit> {
  const all = kit(t, identity)
  await all.recorder.start()
  for (const happening of happenings) all.recorder.observe(happening)
  return all
}
