import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Observation } from '../../domain/finding.js'
import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { fail, ok, warn } from '../look.js'

const APART_MS = 30_000
const FIX = 'Set the clock, and let systemd-timesyncd or chrony keep it'

/** Locks are aged, leases end and certificates expire by the clock. */
export const CLOCK_CHECKS: readonly Check<Bench>[] = [
  {
    id: 'clock',
    about: "the clock is not behind the program's own files, nor apart from the engine's",
    look: lookAtClock,
  },
]

async function lookAtClock({ installDir, info, now }: Bench): Promise<Observation> {
  const { mtime } = await stat(join(installDir, 'package.json'))
  const at = now()
  if (at < mtime)
    return fail(
      `${at.toISOString()}, but this program was installed on ${mtime.toISOString()}`,
      FIX,
    )
  const said = await info().catch(() => undefined)
  const engineMs = Date.parse(said?.SystemTime ?? '')
  const apartMs = Math.abs(engineMs - now().getTime())
  if (apartMs > APART_MS)
    return warn(`${Math.round(apartMs / 1000)} s apart from the engine's clock`, FIX)
  return ok(at.toISOString())
}
