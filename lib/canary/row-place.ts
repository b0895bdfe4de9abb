import type { ExecOutcome, ExecRequest } from '../swarm/engine.js'
import type { ServiceFacts, StackFacts } from '../swarm/stack.js'
import { inContainer, once, type Place, type Reach } from './container-of.js'
import { liesIn, pathUnder, type DatabaseHome } from './database-home.js'
import type { DatabasePlan } from './database-plan.js'
import type { Reading } from './reading.js'
import { NO_CLIENT, type RowDialect, type Rows } from './row-dialect.js'

/** Canary rows in one database, wherever its server runs just now. */
export type RowPlace = {
  /**
   * Picks the application's own database, writes both rows and reads them back; resolves with its name. Writes nothing
   * where rows of another canary lie: `others` resolves with what those look like, once it may be written.
   */
  write(rows: Rows, others: () => Promise<ReadonlySet<string>>): Promise<Reading<string>>
  /** The rows as lines `1|value`; `gone` when there are none, or no table, or no database. */
  read(database: string): Promise<Reading<string>>
  change(database: string, first: string): Promise<Reading<string>>
  drop(database: string): Promise<void>
}

/** Both rows as they are read back. */
export function linesOf({ first, second }: Rows): string {
  return `1|${first}\n2|${second}`
}

/** What is left once the first row was updated and the second deleted. */
export function changedLinesOf(first: string): string {
  return `1|${first}`
}

const SCRIPT_MS = 30_000

/** Nothing is lost by it: the other canary watches the same rows. */
const TAKEN: Reading<never> = {
  kind: 'unreadable',
  why: 'not written: its database holds the rows of another canary, which watches it as well',
  final: true,
}

/** Addresses the canary rows of a database. */
export function rowPlace(reach: Reach, home: DatabaseHome): RowPlace {
  const { dialect } = home.plan
  const servers = (facts: StackFacts) => serversOf(facts, home.plan)
  const within = <T>(act: (place: Place) => Promise<Reading<T>>) => inContainer(reach, servers, act)
  const say = async (place: Place, database: string, statements: string) =>
    readingOf(await run(reach, home.plan, { place, verb: 'run', database, statements }), dialect)
  const read = async (place: Place, database: string) =>
    rowsOf(await say(place, database, dialect.read), database)
  const writeAndRead = async (place: Place, database: string, statements: string) => {
    const script = { place, verb: 'run', database, statements, then: dialect.read } as const
    return rowsOf(readingOf(await run(reach, home.plan, script), dialect), database)
  }
  return {
    write: (rows, others) =>
      within(async place => {
        const database = await ownDatabase(reach, home.plan, place)
        if (database.kind !== 'found') return database
        const known = await others()
        const there = known.size === 0 ? undefined : await read(place, database.found)
        if (there?.kind === 'unreadable') return there
        if (there?.kind === 'found' && known.has(there.found)) return TAKEN
        const back = await writeAndRead(place, database.found, dialect.write(rows))
        if (back.kind === 'found' && back.found === linesOf(rows)) return database
        return { kind: 'unreadable', why: whyNot(back) }
      }),
    read: database => within(place => read(place, database)),
    change: (database, first) =>
      within(place => writeAndRead(place, database, dialect.change(first))),
    drop: async database => {
      await inContainer(once(reach), servers, place => say(place, database, dialect.drop))
    },
  }
}

/** No rows: they are gone. */
function rowsOf(reading: Reading<string>, database: string): Reading<string> {
  if (reading.kind !== 'found' || reading.found !== '') return reading
  return { kind: 'gone', why: `the canary rows are not in database "${database}"` }
}

function whyNot(reading: Reading<string>): string {
  return reading.kind === 'found' ? 'what was written could not be read back' : reading.why
}

/** The service by name; if it was renamed, one of the same kind on the same volume. */
function serversOf(facts: StackFacts, plan: DatabasePlan): readonly ServiceFacts[] {
  const named = facts.services.filter(service => service.name === plan.service)
  if (named.length > 0) return named
  return facts.services.filter(
    service =>
      plan.dialect.serves(service) &&
      service.mounts.some(mount => plan.mounts.some(({ volume }) => volume === mount.volume)),
  )
}

/** The configured database if it exists, else the biggest one that is not the server's own. */
async function ownDatabase(
  reach: Reach,
  plan: DatabasePlan,
  place: Place,
): Promise<Reading<string>> {
  const listed = readingOf(await run(reach, plan, { place, verb: 'list' }), plan.dialect)
  if (listed.kind !== 'found') return listed
  const { mounts } = place.service
  const found = listed.found.split('\n').filter(name => name !== '')
  const names = found.filter(name => liesIn(mounts, plan, name))
  const own = pickDatabase(names, plan.dialect.system)
  return own === undefined
    ? { kind: 'unreadable', why: 'it has no database of its own', final: true }
    : { kind: 'found', found: own }
}

/** Of names with the configured one first: a configured one that is the server's own gives way to another. */
function pickDatabase(names: readonly string[], system: readonly string[]): string | undefined {
  return names.find(name => !system.includes(name)) ?? names[0]
}

type Script = {
  readonly place: Place
  readonly verb: 'list' | 'run'
  readonly database?: string
  readonly statements?: string
  /** After `statements`, in the same exec: only what these print is read. */
  readonly then?: string
}

/** `$1`: a dialect's script; `$2` and `$3`: what it is fed in turn. To start something in a container takes 0.1 s. */
const IN_TURN = `
said=$(printf '%s' "$2" | sh -c "$1" sh run) || { code=$?; printf '%s\\n' "$said"; exit "$code"; }
printf '%s' "$3" | sh -c "$1" sh run
`

async function run({ engine }: Reach, plan: DatabasePlan, script: Script): Promise<ExecOutcome> {
  const { dialect, mounts } = plan
  const { place } = script
  const database = script.database && pathUnder(place.service.mounts, plan, script.database)
  let outcome: ExecOutcome | undefined
  for (const user of dialect.users) {
    outcome = await engine.exec(place.containerId, {
      ...commandOf(dialect.script, script),
      ...(user === undefined ? {} : { user }),
      env: {
        RCI_FOLDERS: mounts.map(({ target }) => target).join('\n'),
        ...(database === undefined ? {} : { RCI_DATABASE: database }),
      },
      deadlineMs: SCRIPT_MS,
    })
    if (outcome.exitCode === 0 || dialect.gone.test(outcome.stderr)) return outcome
    if (outcome.exitCode === NO_CLIENT) return outcome
  }
  return outcome ?? { exitCode: NO_CLIENT, stdout: '', stderr: '', truncated: false }
}

function commandOf(
  script: string,
  { verb, statements = '', then }: Script,
): Pick<ExecRequest, 'cmd' | 'stdin'> {
  if (then === undefined) return { cmd: ['sh', '-c', script, 'sh', verb], stdin: statements }
  return { cmd: ['sh', '-c', IN_TURN, 'sh', script, statements, then] }
}

function readingOf(outcome: ExecOutcome, dialect: RowDialect): Reading<string> {
  if (outcome.exitCode === 0) return { kind: 'found', found: outcome.stdout.trim() }
  const lines = (outcome.stderr.trim() || outcome.stdout.trim()).split('\n')
  const gone = lines.find(line => dialect.gone.test(line))
  if (gone !== undefined) return { kind: 'gone', why: gone.trim() }
  const final = outcome.exitCode === NO_CLIENT || outcome.exitCode >= 126
  const said = lines.at(-1)?.trim() ?? ''
  const why = said === '' ? `the client ended with exit code ${outcome.exitCode}` : said
  return { kind: 'unreadable', why, final }
}
