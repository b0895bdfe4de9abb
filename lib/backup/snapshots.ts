import {
  isNew,
  isOf,
  savedSnapshot,
  takenSnapshot,
  type Before,
  type SnapshotEntry,
} from './restic-output.js'
import {
  createRepository,
  type BackedUp,
  type Repository,
  type RepositoryOptions,
} from './repository.js'

/** The snapshots of an app at one moment. */
export type Listing = {
  readonly ids: readonly string[]
  /** Each says when it was begun: then a listing stays good for a backup that comes later. */
  readonly dated: boolean
}

/** What is known right before a backup. Undefined: nobody can list what is there. */
export type Mark = Before | undefined

/** The snapshot that a backup made. */
type Taken = {
  readonly id: string
  /** Its regular files and its folders. Undefined: nobody can tell what it holds. */
  readonly entries: readonly SnapshotEntry[] | undefined
}

/** What looking at the operator's backup repository takes. Nothing in it is ever changed. */
export type SnapshotReader = {
  /** What is there. To open a repository takes a second: ask early. Undefined: nobody can list it. */
  readonly list: (app: BackedUp) => Promise<Listing | undefined>
  /** Called right before a backup, with what {@link SnapshotReader.list} found at any time before. */
  readonly mark: (app: BackedUp, early: Listing | undefined) => Promise<Mark>
  /** The snapshot that came since the mark, with what the backup said of itself. Undefined: there is none. */
  readonly taken: (app: BackedUp, mark: Mark, output: string) => Promise<Taken | undefined>
}

/** Reads what the backup bot of a swarm keeps of an app. */
export function createSnapshots(options: RepositoryOptions): SnapshotReader {
  const repository = createRepository(options)
  const list = async (app: BackedUp): Promise<Listing | undefined> => {
    const found = await repository.list(app)
    if (found === undefined) return undefined
    const dated =
      found.source === 'restic' && found.snapshots.every(({ atMs }) => atMs !== undefined)
    return { ids: found.snapshots.map(({ id }) => id), dated }
  }
  return {
    list,
    mark: async (app, early) => {
      // A backup by somebody else may come between an early listing and ours: only its date tells it from ours.
      const atMs = early?.dated === true ? await engineTime(options) : undefined
      const known = atMs === undefined ? await list(app) : early
      return known && { ids: known.ids, atMs }
    },
    taken: async (app, mark, output) => {
      const found = await findTaken(repository, { app, mark, output })
      // The bot packs the app's secrets beside its data.
      return found && { ...found, entries: found.entries?.filter(isData) }
    },
  }
}

type Search = { readonly app: BackedUp; readonly mark: Mark; readonly output: string }

async function findTaken(
  repository: Repository,
  { app, mark, output }: Search,
): Promise<Taken | undefined> {
  const said = savedSnapshot(output)
  // One look for both questions, which opens the repository once: the one that it named, else the newest, is ours, as a rule.
  const found = mark && (await repository.look(said ?? 'latest'))
  if (mark && found && isOf(found.snapshot, app) && isNew(found.snapshot, mark, said))
    return { id: found.snapshot.id, entries: found.entries }
  const now = await repository.list(app)
  const id = takenSnapshot({ before: mark, now: now?.snapshots, said })
  return id === undefined ? undefined : { id, entries: await repository.entries(app, id) }
}

function isData({ path }: SnapshotEntry): boolean {
  return !path.startsWith('/secrets/')
}

/** What the clock of the Engine's host says, where the bot runs too. Undefined: the Engine does not tell. */
async function engineTime({ engine, signal }: RepositoryOptions): Promise<number | undefined> {
  try {
    const { SystemTime } = await engine.get<{ SystemTime?: string }>('/info', { signal })
    const atMs = Date.parse(SystemTime ?? '')
    return Number.isNaN(atMs) ? undefined : atMs
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}
