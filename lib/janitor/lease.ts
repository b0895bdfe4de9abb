import { readdirSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../domain/errno.js'
import type { AppDomain, RunId } from '../domain/names.js'
import { makeFolder } from '../files/make-folder.js'
import { readBeginning } from '../files/read-beginning.js'
import { replaceFile } from '../files/replace-file.js'

/** The right of a kept app to stay up after its run. */
type Lease = { readonly runId: string; readonly until: Date }

export type LeaseReading =
  | { readonly state: 'none' }
  | { readonly state: 'active' | 'expired'; readonly lease: Lease }
  | { readonly state: 'unreadable'; readonly why: string }

/** How long `--keep` keeps an app. */
export const LEASE_MS = 2 * 60 * 60 * 1000

const ENDING = '.json'
/** A lease, or what replaceFile makes before it: `.<domain>.json.<pid>.new`. */
const LEASE_OR_DRAFT = /^\.?(.+?)\.json(?:\.\d+\.new)?$/
const READ_BYTES = 64 * 1024
/** Seconds since the epoch stay below this for 3000 years, milliseconds are above it. */
const FIRST_MILLISECONDS = 1e11

/**
 * Writes the lease of a domain as `<stateDir>/leases/<domain>.json`, synced to disk with its folder: it must be there
 * before the lock goes. `until` is written in seconds since the epoch. Throws the system's error.
 */
export async function writeLease(
  stateDir: string,
  domain: AppDomain,
  lease: { readonly runId: RunId; readonly until: Date; readonly drafted?: () => void },
): Promise<void> {
  const folder = leasesIn(stateDir)
  await makeFolder(folder)
  const until = Math.ceil(lease.until.getTime() / 1000)
  const text = `${JSON.stringify({ runId: lease.runId, until })}\n`
  await replaceFile(pathOf(stateDir, domain), text, lease.drafted)
  await using handle = await open(folder)
  await handle.sync()
}

/** What the lease of a domain says now. Never throws: what cannot be read is said to be so, and holds everybody back. */
export function readLease(stateDir: string, domain: AppDomain, now: Date): LeaseReading {
  try {
    const lease = parseLease(readBeginning(pathOf(stateDir, domain), READ_BYTES))
    if (lease === undefined) return { state: 'unreadable', why: 'it says no runId and until' }
    return { state: lease.until > now ? 'active' : 'expired', lease }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { state: 'none' }
    return { state: 'unreadable', why: error instanceof Error ? error.message : String(error) }
  }
}

/** Removes a lease, and what a killed run began of one. Throws the system's error. */
export async function removeLease(stateDir: string, domain: AppDomain): Promise<void> {
  for (const name of namesIn(stateDir).filter(name => domainOf(name) === domain))
    await rm(join(leasesIn(stateDir), name), { force: true })
}

/** The domains that have a lease or the beginning of one, unchecked. */
export function leasedDomains(stateDir: string): string[] {
  const domains = namesIn(stateDir).map(domainOf)
  return [...new Set(domains.filter(domain => domain !== undefined))]
}

function domainOf(name: string): string | undefined {
  return LEASE_OR_DRAFT.exec(name)?.[1]
}

function namesIn(stateDir: string): string[] {
  try {
    return readdirSync(leasesIn(stateDir))
  } catch {
    return [] // the reading of each single lease says what is wrong with the folder
  }
}

function leasesIn(stateDir: string): string {
  return join(stateDir, 'leases')
}

function pathOf(stateDir: string, domain: AppDomain): string {
  return join(leasesIn(stateDir), domain + ENDING)
}

/** Throws a SyntaxError for what is not JSON. */
function parseLease(text: string): Lease | undefined {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null) return undefined
  const { runId, until } = value as Record<string, unknown>
  const date = dateOf(until)
  return typeof runId === 'string' && date !== undefined ? { runId, until: date } : undefined
}

/** A date from seconds or milliseconds since the epoch, or from ISO 8601. */
function dateOf(until: unknown): Date | undefined {
  if (typeof until !== 'number' && typeof until !== 'string') return undefined
  const inSeconds = typeof until === 'number' && until < FIRST_MILLISECONDS
  const date = new Date(inSeconds ? until * 1000 : until)
  return Number.isNaN(date.getTime()) ? undefined : date
}
