import { randomBytes } from 'node:crypto'
import type { Held, Kept } from '../backup/promise.js'
import type { Check } from '../domain/check.js'
import type { Emit } from '../domain/events.js'
import type { Meta } from '../domain/meta.js'
import type { CanaryReport } from '../domain/results.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import type { Engine } from '../swarm/engine.js'
import { Canary } from './canary.js'
import type { Reach } from './container-of.js'
import { SQLITE } from './dialects.js'
import { followRenamed, isHomeOf, type DatabaseHome } from './database-home.js'
import { planDatabases } from './database-plan.js'
import { filePlace } from './file-place.js'
import { fileSpot } from './file-spot.js'
import { rowPlace } from './row-place.js'
import { rowSpot } from './row-spot.js'
import { createRowTurns } from './row-turns.js'
import type { Spot } from './spot.js'
import { planVolumes } from './volume-plan.js'

/** All canaries of one app, for the length of one run. */
export type Canaries = {
  /** Every place where data lies, covered or not, and why not. */
  report(): readonly CanaryReport[]
  /** The files that lie in volumes now, each in the root of its volume. */
  marks(): readonly { readonly volume: string; readonly file: string }[]
  /** Puts a canary into every place that takes one. Fails nothing: a place that takes none is told by the report. */
  write(): Promise<readonly Check[]>
  /** After an upgrade: one check for each canary. Only the services that are told of here can hold it from now on. */
  survived(services: readonly ServiceFacts[]): Promise<readonly Check[]>
  /** Takes note of the services as they are now; places that are new get their canary. */
  refresh(services: readonly ServiceFacts[]): Promise<void>
  /**
   * After a backup: takes note of the volumes that the snapshot has anything of. A canary that is written later is in no
   * snapshot, so no restore is asked for it.
   */
  backedUp(held: Held): void
  /** Before a restore: changes every canary that the restore must bring back. */
  change(): Promise<readonly Check[]>
  /** After a restore; `fresh`: into emptied volumes, where nothing had to be changed before. */
  restored(options?: { readonly fresh?: boolean }): Promise<readonly Check[]>
  /** Removes rows, and files where the image can. Best effort. */
  drop(): Promise<void>
}

export type CanaryOptions = {
  readonly engine: Engine
  readonly stack: string
  readonly runId: string
  readonly services: readonly ServiceFacts[]
  readonly meta: Pick<Meta, 'canary'>
  readonly emit: Emit
}

/** A database or a container may be restarting when its canary is asked for. */
const PATIENCE_MS = 20_000

/** Plans the canaries of an app from its services alone. Touches nothing yet. */
export function createCanaries(options: CanaryOptions): Canaries {
  const flock = new Map<string, Canary>()
  let kept: Kept = { services: options.services }
  const places = placesOf(options, () => kept.services)
  const all = () => [...flock.values()]
  let backedUp: readonly Canary[] | undefined
  const toComeBack = () => backedUp ?? all()
  const write = async () => {
    discover(flock, places.spots())
    const fresh = all().filter(canary => !canary.covered)
    await each(fresh, canary => canary.write(kept.services))
    announce(options.emit, fresh, kept)
    return []
  }
  discover(flock, places.spots())
  return {
    report: () => reportsOf(all(), kept),
    marks: () => all().flatMap(canary => canary.mark ?? []),
    write,
    survived: async services => {
      kept = { ...kept, services }
      places.follow()
      return await ask(all(), canary => canary.survived(services))
    },
    refresh: async services => {
      kept = { ...kept, services }
      await write()
    },
    backedUp: held => {
      kept = { ...kept, held }
      backedUp = all().filter(canary => canary.covered)
    },
    change: async () => {
      await each(toComeBack(), canary => canary.change(kept))
      return []
    },
    restored: ({ fresh = false } = {}) => ask(toComeBack(), canary => canary.restored(kept, fresh)),
    drop: () => each(all(), canary => canary.drop()),
  }
}

function discover(flock: Map<string, Canary>, spots: readonly Spot[]) {
  for (const spot of spots) if (!flock.has(spot.id)) flock.set(spot.id, new Canary(spot))
}

function announce(emit: Emit, canaries: readonly Canary[], kept: Kept) {
  for (const canary of canaries.filter(each => each.covered)) {
    const { kind, where } = canary.report(kept)
    emit({ type: 'canary.written', kind, where })
  }
}

/** Where canaries may lie in the services that were told of last; no others are reached. */
function placesOf(options: CanaryOptions, services: () => readonly ServiceFacts[]) {
  const { engine, stack, meta } = options
  const isMeant: Reach['isMeant'] = ({ name }) => services().some(each => each.name === name)
  const reach: Reach = { engine, stack, isMeant, patienceMs: PATIENCE_MS }
  const turns = createRowTurns()
  const homes: DatabaseHome[] = []
  const follow = () => {
    const plans = planDatabases(services(), meta.canary)
    followRenamed(homes, plans, services())
    return plans
  }
  return {
    /** A database keeps its canary when its server gets another name. */
    follow,
    spots: (): readonly Spot[] => {
      const fresh = follow()
        .filter(plan => !homes.some(isHomeOf(plan)))
        .map((plan): DatabaseHome => ({ plan, database: undefined }))
      homes.push(...fresh)
      const rows = fresh.map(home =>
        rowSpot(home, { place: rowPlace(reach, home), turns }, random()),
      )
      return [...filesOf(options, reach, services()), ...rows]
    },
  }
}

function filesOf(
  { runId, meta }: CanaryOptions,
  reach: Reach,
  services: readonly ServiceFacts[],
): readonly Spot[] {
  const name = `.recipe-ci-canary-${runId}`
  return planVolumes(services, meta.canary).map(plan =>
    fileSpot({ ...plan, file: name }, filePlace(reach, plan.volume, name), random()),
  )
}

async function each(canaries: readonly Canary[], act: (canary: Canary) => Promise<void>) {
  await Promise.all(canaries.map(act))
}

/** Asks all at once; the checks keep the order of the canaries. */
async function ask(
  canaries: readonly Canary[],
  question: (canary: Canary) => Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  const answers = canaries.map(async canary => {
    const started = performance.now()
    const checks = await question(canary)
    const ms = Math.round(performance.now() - started)
    return checks.map(check => ({ ...check, ms }))
  })
  return (await Promise.all(answers)).flat()
}

/** All that is worth a word, and SQLite files that were seen and that no client can write to. */
function reportsOf(canaries: readonly Canary[], kept: Kept): readonly CanaryReport[] {
  const told = canaries.filter(canary => canary.isToldOf)
  const known = new Set(
    told.filter(({ kind }) => kind === SQLITE.kind).flatMap(({ volumes }) => volumes),
  )
  const unseen = told
    .filter(({ sqliteFiles, volumes }) => sqliteFiles.length > 0 && !known.has(volumes[0] ?? ''))
    .map(canary => ({
      kind: SQLITE.kind,
      where: `${canary.report(kept).where}, ${canary.sqliteFiles.join(', ')}`,
      covered: false,
      reason: 'no image that mounts the volume has a shell and sqlite3: its rows are not watched',
    }))
  return [...told.map(canary => canary.report(kept)), ...unseen]
}

/** Letters and digits only: it stands in SQL and in file names without quoting. */
function random(): string {
  return `rci${randomBytes(12).toString('hex')}`
}
