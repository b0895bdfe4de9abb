import t from 'tap'
import { deployFailure } from '../../../lib/run/deploy-failure.js'
import type { CauseClass } from '../../../lib/domain/cause.js'

type Row = readonly [verb: string, said: string, expected: CauseClass]

const HOOK =
  'failed to exec create: exit status 1: backupbot.backup.pre-hook of a_b failed with exit code'
const LOAD = 'failed to exec restore: exit status 1: psql: ERROR:  relation "notes" already exists'

// prettier-ignore
const ROWS: readonly Row[] = [
  ['app deploy', 'secret not found: a_licence_v1', 'secret_missing'],
  ['app deploy', 'write /x: no space left on device', 'disk_full'],
  ['app deploy', 'only updates to Labels are allowed', 'not_converged'],
  ['app deploy', 'relation "notes" already exists', 'not_converged'],
  ['app backup create', 'no containers matching the bot_app filter found?', 'fault'],
  ['app restore', 'failed to exec restore: exit status 137', 'fault'],
  ['app backup create', `${HOOK} 127: sh: 1: /dump.sh: not found`, 'backup_failed'],
  ['app restore', LOAD, 'restore_not_in_place'],
  ['app restore', 'failed to exec restore: exit status 1', 'restore_lost'],
]
const OTHERWISE: Readonly<Record<string, CauseClass>> = {
  'app deploy': 'not_converged',
  'app backup create': 'backup_failed',
  'app restore': 'restore_lost',
}
for (const [verb, said, expected] of ROWS) {
  t.test(`abra ${verb}, "${said}": ${expected}`, async t => {
    const cause = deployFailure(verb, said, OTHERWISE[verb] ?? 'fault')
    t.equal(cause.class, expected)
    t.match(cause.sentence, said)
    t.not(cause.fix, '')
  })
}
