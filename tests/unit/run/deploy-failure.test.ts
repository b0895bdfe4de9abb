import t from 'tap'
import { deployFailure } from '../../../lib/run/deploy-failure.js'
import type { CauseClass } from '../../../lib/domain/cause.js'
import type { Ended } from '../../../lib/domain/ended.js'

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
  ['app deploy', 'network "proxy" is declared as external, but could not be found.', 'fault'],
  ['app deploy', 'network "mail" is declared as external, but could not be found.', 'not_converged'],
  ['app deploy', "rpc error: port '8080' is already in use by service 'web_app' (x1) as an ingress port", 'port_taken'],
  ['app deploy', "rpc error: port '8080' is already in use by service 'note-1_app' (x1) as an ingress port", 'no_node'],
  ['app deploy', 'could not find an available, non-overlapping IPv4 address pool among the defaults', 'addresses_exhausted'],
  ['app restore', "port '8080' is already in use by service 'web_app'", 'restore_lost'],
  ['app backup create', 'no containers matching the bot_app filter found?', 'fault'],
  ['app restore', 'failed to exec restore: exit status 137', 'fault'],
  ['app backup create', `${HOOK} 127: sh: 1: /dump.sh: not found`, 'backup_failed'],
  ['app restore', LOAD, 'restore_not_in_place'],
  ['app deploy', 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?', 'fault'],
  ['app restore', 'failed to exec restore: exit status 1', 'restore_lost'],
]
const OTHERWISE: Readonly<Record<string, CauseClass>> = {
  'app deploy': 'not_converged',
  'app backup create': 'backup_failed',
  'app restore': 'restore_lost',
}
for (const [verb, said, expected] of ROWS) {
  t.test(`abra ${verb}, "${said}": ${expected}`, async t => {
    const cause = deployFailure(
      verb,
      { said, ended: 'exited', stack: 'note-1' },
      OTHERWISE[verb] ?? 'fault',
    )
    t.equal(cause.class, expected)
    t.match(cause.sentence, said)
    t.not(cause.fix, '')
  })
}

// prettier-ignore
const ENDS: readonly (readonly [verb: string, ended: Ended, said: string, expected: CauseClass])[] = [
  ['app deploy',        'deadline',    'did not end within 300 s',         'fault'],
  ['app new',           'deadline',    'did not end within 120 s',         'fault'],
  ['app deploy',        'signalled',   'was killed by SIGSEGV',            'fault'],
  ['app backup create', 'signalled',   'was killed by SIGKILL',            'fault'],
  ['app restore',       'not-started', 'could not be started',             'fault'],
  ['app backup create', 'deadline',    'did not end within 1200 s',        'backup_failed'],
  ['app restore',       'deadline',    'did not end within 1200 s',        'restore_lost'],
  ['app deploy',        'signalled',   'write x: no space left on device', 'disk_full'],
]
for (const [verb, ended, said, expected] of ENDS) {
  t.test(`abra ${verb} that ended by "${ended}": ${expected}`, async t => {
    const cause = deployFailure(verb, { said, ended }, OTHERWISE[verb] ?? 'not_converged')
    t.equal(cause.class, expected)
    t.equal(cause.fix.includes('has not been judged'), expected === 'fault')
  })
}

const LOCKED = 'repository is already locked exclusively by PID 6 on bot by root (UID 0, GID 0)'
const SAID = 'failed to exec create: exit status 1'
t.test('a repository that the bot cannot use is no word on the recipe', async t => {
  for (const line of [LOCKED, 'Fatal: wrong password or no key found'])
    for (const verb of ['app backup create', 'app restore']) {
      const met = { said: SAID, ended: 'exited', output: `begin\r\n${line}\r\nend` } as const
      const cause = deployFailure(verb, met, 'backup_failed')
      t.match(cause, { class: 'fault', evidence: line, sentence: SAID, fix: /not been judged/ })
    }
  const met = { said: SAID, ended: 'exited', output: LOCKED } as const
  t.equal(deployFailure('app deploy', met, 'not_converged').class, 'not_converged', 'nor elsewhere')
})
