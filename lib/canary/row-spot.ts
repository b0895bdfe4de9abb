import { rowsExcluded, rowsNotPromised, type DatabasePlan } from './database-plan.js'
import type { Reading } from './reading.js'
import { changedLinesOf, linesOf, type RowPlace } from './row-place.js'
import type { Spot } from './spot.js'

const UNKNOWN: Reading<string> = {
  kind: 'unreadable',
  why: 'its database is not known',
  final: true,
}

/** Two rows in one database. `value` is random: nothing else can have written it. */
export function rowSpot(plan: DatabasePlan, place: RowPlace, value: string): Spot {
  let database: string | undefined
  const rows = { first: `${value}a`, second: `${value}b` }
  const first = `${value}c`
  return {
    id: `database ${plan.dialect.kind} ${plan.service}`,
    kind: plan.dialect.kind,
    what: `rows in ${plan.dialect.kind} of "${plan.service}"`,
    key: plan.service,
    refused: plan.refused,
    mark: undefined,
    volumes: plan.mounts.map(({ volume }) => volume),
    old: linesOf(rows),
    changed: changedLinesOf(first),
    where: () =>
      `service "${plan.service}"${database === undefined ? '' : `, database "${database}"`}`,
    write: async () => {
      const written = await place.write(rows)
      if (written.kind === 'found') database = written.found
      return written
    },
    read: () => (database === undefined ? Promise.resolve(UNKNOWN) : place.read(database)),
    change: () =>
      database === undefined ? Promise.resolve(UNKNOWN) : place.change(database, first),
    drop: async () => {
      if (database !== undefined) await place.drop(database)
    },
    notPromised: kept => rowsNotPromised(kept, plan, database),
    isExcluded: services => rowsExcluded(services, plan, database),
    sqliteFiles: () => [],
    // Its server answers and the rows are not there: the database is another one, or was made anew.
    isRebuilt: () => Promise.resolve(true),
  }
}
