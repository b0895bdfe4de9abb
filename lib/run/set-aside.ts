import { lstatSync, renameSync, type BigIntStats } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { errnoOf } from '../domain/errno.js'
import { nameAside } from '../files/name-aside.js'
import type { Refused } from '../lock/lock-file.js'
import { RunLock } from '../lock/run-lock.js'

export type SettingAside = {
  /** Ends a wait; its reason is thrown. */
  readonly signal: AbortSignal
  /** Who is waited for, once for each: nothing can be recorded yet. */
  readonly announce: (text: string) => void
}

const LOOK_MS = 50
/** A janitor holds the lock of a dead run for moments: nobody wants to hear of that. */
const UNSAID_MS = 500

/**
 * Renames what has the name of a run folder to `<name>.old-<n>`. The folder of a run that lives keeps its name: its children
 * find their files by it, and would go on in those of the newcomer. It is waited for. Renamed under its lock, so no second
 * newcomer can take the folder of the first for the one that it looked at.
 */
export async function setAside(path: string, waiting: SettingAside): Promise<void> {
  const startedAt = performance.now()
  const announce = once(waiting.announce)
  for (;;) {
    waiting.signal.throwIfAborted()
    const found = find(path)
    if (found.is === 'nothing') return
    if (found.is === 'free') renameAside(path, found)
    else if (found.is === 'live' && performance.now() - startedAt > UNSAID_MS)
      announce(textOf(path, found.by))
    await sleep(found.is === 'free' ? 0 : LOOK_MS, undefined, { signal: waiting.signal }).catch(
      () => undefined,
    )
  }
}

/** `moved`: it went, or became another, while it was looked at. */
type Found =
  { readonly is: 'nothing' | 'moved' } | { readonly is: 'live'; readonly by: Refused } | Free

/** No run lives in it. `lock`: of a run that is over; what is no run folder has none. */
type Free = { readonly is: 'free'; readonly facts: BigIntStats; readonly lock?: RunLock }

/** In one go with what follows from it: between a look and a rename nobody of this process comes. */
function find(path: string): Found {
  const facts = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (facts === undefined) return { is: 'nothing' }
  // Behind a link lies the folder of another run: only the link goes.
  if (!facts.isDirectory()) return { is: 'free', facts }
  const probed = RunLock.probe(path)
  if (probed.outcome === 'refused') return { is: 'live', by: probed }
  if (probed.outcome === 'replaced' || probed.outcome === 'no-dir') return { is: 'moved' }
  return { is: 'free', facts, ...(probed.outcome === 'won' ? { lock: probed.lock } : {}) }
}

function textOf(path: string, { holder, heldSince }: Refused): string {
  return `the run folder "${path}" is in use by ${holder} since ${heldSince.toISOString()}: waiting for its end`
}

function once(announce: (text: string) => void): (text: string) => void {
  const said = new Set<string>()
  return text => {
    if (!said.has(text)) announce(text)
    said.add(text)
  }
}

/** What another run may have done to either name at the same moment. */
const RACES: readonly (string | undefined)[] = [
  'ENOENT',
  'ENOTEMPTY',
  'EEXIST',
  'ENOTDIR',
  'EISDIR',
]

function renameAside(path: string, { facts, lock }: Free): void {
  const aside = nameAside(path)
  try {
    renameSync(path, aside)
    // Without a lock another process may have put its folder there since: that one keeps its name.
    if (lstatSync(aside, { bigint: true }).ino !== facts.ino) renameSync(aside, path)
  } catch (error) {
    if (!RACES.includes(errnoOf(error))) throw error
  } finally {
    lock?.release()
  }
}
