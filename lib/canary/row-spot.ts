import type { DatabaseHome } from './database-home.js'
import { rowsExcluded, rowsNotPromised } from './database-plan.js'
import type { Reading } from './reading.js'
import { changedLinesOf, linesOf, type RowPlace } from './row-place.js'
import type { RowTurns } from './row-turns.js'
import type { Spot } from './spot.js'

const UNKNOWN: Reading<string> = {
  kind: 'unreadable',
  why: 'its database is not known',
  final: true,
}

type Means = { readonly place: RowPlace; readonly turns: RowTurns }
type Values = ReturnType<typeof valuesOf>

/** Two rows in one database. `value` is random: nothing else can have written it. */
export function rowSpot(home: DatabaseHome, means: Means, value: string): Spot {
  const { kind } = home.plan.dialect
  const { place } = means
  const values = valuesOf(value)
  const inDatabase = (act: (database: string) => Promise<Reading<string>>) =>
    home.database === undefined ? Promise.resolve(UNKNOWN) : act(home.database)
  return {
    id: `database ${kind} ${home.plan.service}`,
    kind,
    get what() {
      return `rows in ${kind} of "${home.plan.service}"`
    },
    get key() {
      return home.plan.service
    },
    refused: home.plan.refused,
    mark: undefined,
    volumes: home.plan.mounts.map(({ volume }) => volume),
    old: values.old,
    changed: values.changed,
    where: () => {
      const database = home.database === undefined ? '' : `, database "${home.database}"`
      return `service "${home.plan.service}"${database}`
    },
    write: () => write(home, means, values),
    read: () => inDatabase(database => place.read(database)),
    change: () => inDatabase(database => place.change(database, values.first)),
    drop: async () => {
      if (home.database !== undefined) await place.drop(home.database)
    },
    notPromised: kept => rowsNotPromised(kept, home.plan, home.database),
    isExcluded: services => rowsExcluded(services, home.plan, home.database),
    sqliteFiles: () => [],
    // Its server answers and the rows are not there: the database is another one, or was made anew.
    isRebuilt: () => Promise.resolve(true),
  }
}

function valuesOf(value: string) {
  const rows = { first: `${value}a`, second: `${value}b` }
  const first = `${value}c`
  return { rows, first, old: linesOf(rows), changed: changedLinesOf(first) }
}

async function write(
  home: DatabaseHome,
  { place, turns }: Means,
  { rows, old, changed }: Values,
): Promise<Reading<string>> {
  const turn = turns(home.plan.dialect.kind)
  try {
    const written = await place.write(rows, turn.come)
    if (written.kind === 'found') home.database = written.found
    return written
  } finally {
    turn.leave(home.database === undefined ? [] : [old, changed])
  }
}
