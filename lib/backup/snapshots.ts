import type { Engine, ExecOutcome } from '../swarm/engine.js'
import { findBot, type Bot } from './bot.js'
import { isOf, readEntries, readSnapshots, type SnapshotEntry } from './restic-output.js'

/** Whose snapshots. */
export type BackedUp = { readonly domain: string; readonly stack: string }

/** What looking at the operator's backup repository takes. Nothing in it is ever changed. */
export type SnapshotReader = {
  /** The ids of an app's snapshots, oldest first. Undefined: nobody can list them. */
  readonly list: (app: BackedUp) => Promise<readonly string[] | undefined>
  /** The regular files and the folders of a snapshot. Undefined: nobody can tell what it holds. */
  readonly entries: (app: BackedUp, id: string) => Promise<readonly SnapshotEntry[] | undefined>
}

/** What of abra is needed. */
export type AbraLists = {
  readonly backupSnapshots: (domain: string) => Promise<Answer>
  readonly backupList: (domain: string, snapshotId: string) => Promise<Answer>
}

type Answer = { readonly ok: boolean; readonly output: string }

export type SnapshotOptions = {
  readonly engine: Pick<Engine, 'get' | 'exec'>
  readonly abra: AbraLists
  readonly signal?: AbortSignal
  /** The label by which the bot is found, in place of abra's. */
  readonly botLabel?: string
}

const DEADLINE_MS = 60_000
/** A listing of a quarter of a million files. */
const MOST_BYTES = 64 << 20

/**
 * Reads the repository by restic in the backup bot's container, which says sizes and owners; where that cannot be had, by
 * the bot's own command, and then by abra.
 */
export function createSnapshots(options: SnapshotOptions): SnapshotReader {
  return {
    list: async app => {
      for (const look of [listByRestic, listByBot, listByAbra]) {
        const found = await look(options, app)
        if (found !== undefined) return found
      }
      return undefined
    },
    entries: async (app, id) => {
      const entries =
        (await entriesByRestic(options, id)) ?? (await entriesByAbra(options, app, id))
      // The bot packs the app's secrets beside its data.
      return entries?.filter(({ path }) => !path.startsWith('/secrets/'))
    },
  }
}

async function listByRestic(
  options: SnapshotOptions,
  app: BackedUp,
): Promise<readonly string[] | undefined> {
  const cmd = ['restic', 'snapshots', '--json', '--no-lock']
  const outcome = await inBot(options, { cmd })
  if (outcome === undefined) return undefined
  // Without any snapshot restic prints "null" or an empty list.
  const isList = /^\s*(?:null|\[)/m.test(outcome.stdout)
  return isList ? idsOf(outcome.stdout, app) : undefined
}

async function listByBot(
  options: SnapshotOptions,
  app: BackedUp,
): Promise<readonly string[] | undefined> {
  const cmd = ['/usr/bin/backup', '--', 'snapshots']
  const outcome = await inBot(options, { cmd, env: { SERVICE: app.domain } })
  return outcome === undefined ? undefined : idsOf(outcome.stdout, app)
}

async function listByAbra(
  { abra }: SnapshotOptions,
  app: BackedUp,
): Promise<readonly string[] | undefined> {
  const { ok, output } = await abra.backupSnapshots(app.domain)
  return ok ? idsOf(output, app) : undefined
}

function idsOf(output: string, app: BackedUp): readonly string[] {
  return readSnapshots(output)
    .filter(snapshot => isOf(snapshot, app))
    .map(({ id }) => id)
}

async function entriesByRestic(
  options: SnapshotOptions,
  id: string,
): Promise<readonly SnapshotEntry[] | undefined> {
  const outcome = await inBot(options, { cmd: ['restic', 'ls', '--json', '--no-lock', id] })
  if (outcome === undefined || outcome.truncated) return undefined
  return readEntries(outcome.stdout, id)
}

async function entriesByAbra(
  { abra }: SnapshotOptions,
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
  { engine, botLabel, signal }: SnapshotOptions,
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
