import type { Wanted } from './caller.js'
import type { CommandFlags } from './flags.js'
import type { Flag } from './help.js'

export type RestoreCall = {
  readonly args: readonly string[]
  readonly flags: Wanted
  /** The snapshot that abra is asked for; undefined: it takes none, and restores the newest. */
  readonly snapshot: string | undefined
}

/**
 * How this abra is told to restore a snapshot: by a flag, as a second word, or not at all. A switch that makes the
 * recipe's hooks run is set; one that keeps them from running is not.
 */
export function restoreCall(
  { flags: listed, usage }: CommandFlags,
  domain: string,
  snapshotId: string | undefined,
): RestoreCall {
  const flags: Wanted = { chaos: true, ...(runsHooks(listed['hooks']) ? { hooks: true } : {}) }
  const newest: RestoreCall = { args: [domain], flags, snapshot: undefined }
  if (snapshotId === undefined) return newest
  const named = { ...newest, snapshot: snapshotId }
  if (listed['snapshot']?.takesValue === true)
    return { ...named, flags: { ...flags, snapshot: snapshotId } }
  return /[[<]snapshot/i.test(usage) ? { ...named, args: [domain, snapshotId] } : newest
}

function runsHooks(flag: Flag | undefined): boolean {
  return flag !== undefined && !/\b(?:disable|skip|without|do not|don't|no)\b/i.test(flag.about)
}
