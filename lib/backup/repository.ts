import type { Engine, ExecOutcome } from '../swarm/engine.js'
import { findBot, type Bot } from './bot.js'
import {
  isOf,
  readEntries,
  readHead,
  readSnapshots,
  type Snapshot,
  type SnapshotEntry,
} from './restic-output.js'

/** Whose snapshots. */
export type BackedUp = { readonly domain: string; readonly stack: string }

/** What of abra is needed. */
export type AbraLists = {
  readonly backupSnapshots: (domain: string) => Promise<Answer>
  readonly backupList: (domain: string, snapshotId: string) => Promise<Answer>
}

type Answer = { readonly ok: boolean; readonly output: string }

export type RepositoryOptions = {
  readonly engine: Pick<Engine, 'get' | 'exec'>
  readonly abra: AbraLists
  readonly signal?: AbortSignal
  /** The label by which the bot is found, in place of abra's. */
  readonly botLabel?: string
}

/** The snapshots of one app, oldest first, and who listed them. */
type Listed = {
  readonly source: 'restic' | 'bot' | 'abra'
  readonly snapshots: readonly Snapshot[]
}

/** The operator's backup repository, read. Undefined each time: nobody can tell. */
export type Repository = {
  readonly list: (app: BackedUp) => Promise<Listed | undefined>
  readonly entries: (app: BackedUp, id: string) => Promise<readonly SnapshotEntry[] | undefined>
  /** A snapshot, `latest` for the newest of whatever app, and what is in it, in one look. */
  readonly look: (
    which: string,
  ) => Promise<
    { readonly snapshot: Snapshot; readonly entries: readonly SnapshotEntry[] } | undefined
  >
}

const DEADLINE_MS = 60_000
/** A listing of a quarter of a million files. */
const MOST_BYTES = 64 << 20

/**
 * Reads the repository by restic in the backup bot's container, which says sizes, owners and dates; where that cannot be
 * had, by the bot's own command, and then by abra.
 */
export function createRepository(options: RepositoryOptions): Repository {
  return {
    list: async app => {
      for (const source of ['restic', 'bot', 'abra'] as const) {
        const found = await LISTS[source](options, app)
        if (found !== undefined)
          return { source, snapshots: found.filter(snapshot => isOf(snapshot, app)) }
      }
      return undefined
    },
    entries: async (app, id) =>
      (await entriesByRestic(options, id)) ?? (await entriesByAbra(options, app, id)),
    look: async which => {
      const output = await resticLs(options, which)
      const snapshot = output === undefined ? undefined : readHead(output)
      const entries = snapshot && readEntries(output ?? '', snapshot.id)
      return snapshot && entries && { snapshot, entries }
    },
  }
}

type List = (options: RepositoryOptions, app: BackedUp) => Promise<readonly Snapshot[] | undefined>

const LISTS: Readonly<Record<Listed['source'], List>> = {
  restic: async options => {
    const cmd = ['restic', 'snapshots', '--json', '--no-lock']
    const outcome = await inBot(options, { cmd })
    if (outcome === undefined) return undefined
    // Without any snapshot restic prints "null" or an empty list.
    const isList = /^\s*(?:null|\[)/m.test(outcome.stdout)
    return isList ? readSnapshots(outcome.stdout) : undefined
  },
  bot: async (options, { domain }) => {
    const cmd = ['/usr/bin/backup', '--', 'snapshots']
    const outcome = await inBot(options, { cmd, env: { SERVICE: domain } })
    return outcome === undefined ? undefined : readSnapshots(outcome.stdout)
  },
  abra: async ({ abra }, { domain }) => {
    const { ok, output } = await abra.backupSnapshots(domain)
    return ok ? readSnapshots(output) : undefined
  },
}

async function entriesByRestic(
  options: RepositoryOptions,
  id: string,
): Promise<readonly SnapshotEntry[] | undefined> {
  const output = await resticLs(options, id)
  return output === undefined ? undefined : readEntries(output, id)
}

async function resticLs(options: RepositoryOptions, which: string): Promise<string | undefined> {
  const outcome = await inBot(options, { cmd: ['restic', 'ls', '--json', '--no-lock', which] })
  return outcome === undefined || outcome.truncated ? undefined : outcome.stdout
}

async function entriesByAbra(
  { abra }: RepositoryOptions,
  { domain }: BackedUp,
  id: string,
): Promise<readonly SnapshotEntry[] | undefined> {
  const { ok, output } = await abra.backupList(domain, id)
  return ok ? readEntries(output, id) : undefined
}

type BotCommand = {
  readonly cmd: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

// Undefined: no bot, or it could not do it. Why is for the next way to find out, or for "unver".
async function inBot(
  { engine, botLabel, signal }: RepositoryOptions,
  { cmd, env }: BotCommand,
): Promise<ExecOutcome | undefined> {
  try {
    const bot: Bot | undefined = await findBot(engine, botLabel)
    if (bot === undefined) return undefined
    const limits = { deadlineMs: DEADLINE_MS, maxBytes: MOST_BYTES }
    const ending = signal === undefined ? {} : { signal }
    const request = { cmd, env: { ...bot.env, ...env }, ...limits, ...ending }
    const outcome = await engine.exec(bot.container, request)
    return outcome.exitCode === 0 ? outcome : undefined
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}
