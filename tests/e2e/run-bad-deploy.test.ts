import t from 'tap'
import { expectBad, type BadRow } from '../support/bad-rows.js'

// prettier-ignore
const ROWS: readonly (BadRow & { law: string })[] = [
  { law: 'an install that never gets healthy is red at install', recipe: 'bad-install', rung: 'install', cause: 'killed_unhealthy', names: /"app"/ },
  { law: 'an upgrade that crash-loops is red at upgrade', recipe: 'bad-upgrade', rung: 'upgrade', cause: 'crash_loop', names: /"app"/ },
  { law: 'an upgrade that Swarm rolled back is red, though everything answers', recipe: 'bad-rollback', rung: 'upgrade', cause: 'rolled_back', names: /"app"/ },
  { law: 'a custom test that fails is red at functional', recipe: 'bad-custom', rung: 'functional', cause: 'test_failed', names: /page\.sh/ },
]
for (const row of ROWS) t.test(row.law, t => expectBad(t, row))
