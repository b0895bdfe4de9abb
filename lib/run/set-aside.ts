import { lstat, rename } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { errnoOf } from '../domain/errno.js'
import type { Probed } from '../lock/file-lock.js'
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
    const found = await find(path)
    if (found === 'nothing') return
    waiting.signal.throwIfAborted()
    if (found !== 'free' && found.outcome === 'refused') {
      if (performance.now() - startedAt > UNSAID_MS) announce(textOf(path, found))
      await sleep(LOOK_MS, undefined, { signal: waiting.signal }).catch(() => undefined)
    } else if (found === 'free' || found.outcome !== 'replaced') await renameAside(path, found)
  }
}

type Found = 'nothing' | 'free' | Probed<RunLock>

async function find(path: string): Promise<Found> {
  const facts = await lstat(path).catch(() => undefined)
  if (facts === undefined) return 'nothing'
  // Behind a link lies the folder of another run: only the link goes.
  return facts.isDirectory() ? RunLock.probe(path) : 'free'
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

async function renameAside(path: string, found: Found): Promise<void> {
  let number = 1
  while (await exists(`${path}.old-${number}`)) number += 1
  try {
    await rename(path, `${path}.old-${number}`)
  } catch (error) {
    if (!RACES.includes(errnoOf(error))) throw error
  } finally {
    if (typeof found === 'object' && found.outcome === 'won') found.lock.release()
  }
}

export async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}
