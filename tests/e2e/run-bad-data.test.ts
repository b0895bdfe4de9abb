import t from 'tap'
import { expectBad, type BadRow } from '../support/bad-rows.js'

// prettier-ignore
const ROWS: readonly (BadRow & { law: string })[] = [
  { law: 'an upgrade that loses a volume is red at upgrade', recipe: 'bad-data', rung: 'upgrade', cause: 'data_lost', names: /db-data/ },
  { law: 'a backup that holds nothing is red at backup', recipe: 'bad-backup', rung: 'backup_restore', cause: 'backup_empty', names: /not one byte/ },
  { law: 'a restore that does not bring the data back is red at restore', recipe: 'bad-restore', rung: 'backup_restore', cause: 'restore_lost', names: /postgres|db/ },
]
for (const row of ROWS) t.test(row.law, t => expectBad(t, row))
