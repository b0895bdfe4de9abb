import t from 'tap'
import { findBot } from '../../lib/backup/bot.js'
import { savedSnapshot } from '../../lib/backup/restic-output.js'
import type { Check } from '../../lib/domain/check.js'
import { restoreFailure } from '../../lib/run/restore-failure.js'
import { canaryKit, type CanaryKit } from '../support/canary-kit.js'

/** The real backup bot, asked as abra asks it. */
async function botFor({ engine, stack }: CanaryKit) {
  const found = await findBot(engine)
  if (found === undefined) throw new Error('no backup bot runs')
  return async (verb: string, env: Readonly<Record<string, string>> = {}) => {
    const cmd = ['/usr/bin/backup', '--', verb]
    const request = { cmd, env: { SERVICE: stack, ...env }, deadlineMs: 90_000 }
    const { exitCode, stdout, stderr } = await engine.exec(found.container, request)
    return { ok: exitCode === 0, output: `${stdout}${stderr}` }
  }
}

const DUMP = '/var/lib/postgresql/data/backup.sql'
const LOAD = `psql -U shop -d shop -q -f ${DUMP}`
const labelsOf = (dump: string, load: string) => ({
  'backupbot.backup': 'true',
  'backupbot.backup.volumes.rows.path': 'backup.sql',
  'backupbot.backup.pre-hook': `sh -c '${dump} >${DUMP}'`,
  'backupbot.restore.post-hook': `sh -c '${load}'`,
})

type Row = {
  readonly law: string
  readonly dump: string
  readonly load: string
  /** What the canary says, or what the failed command was. */
  readonly says: string
}

// prettier-ignore
const ROWS: readonly Row[] = [
  { law: 'a dump that drops what it replaces', dump: 'pg_dump -U shop -d shop --clean --if-exists', load: `${LOAD} -v ON_ERROR_STOP=1`, says: 'pass' },
  { law: 'a dump without --clean whose load goes on after errors', dump: 'pg_dump -U shop -d shop', load: LOAD, says: 'restore_not_in_place' },
  { law: 'a dump without --clean whose load stops at the first error', dump: 'pg_dump -U shop -d shop', load: `${LOAD} -v ON_ERROR_STOP=1`, says: 'restore_not_in_place' },
  { law: 'a dump of the schema alone', dump: 'pg_dump -U shop -d shop --clean --if-exists --schema-only', load: LOAD, says: 'restore_lost' },
  { law: 'a dump of another database', dump: 'pg_dump -U shop -d postgres --clean --if-exists', load: LOAD, says: 'restore_lost' },
]

/** The failed command says it, else the rows do. */
function wordFor(restored: { ok: boolean; output: string }, rows: Check | undefined) {
  if (!restored.ok)
    return restoreFailure({ said: 'exit status 1', ended: 'exited', ...restored }).class
  return rows?.cause?.class ?? rows?.status
}

t.test(
  'the rows tell a restore in place from one that adds, and from one that brings nothing',
  async t => {
    const kit = await canaryKit(t)
    const { deploy, canaries, exec, images } = kit
    const db = {
      name: 'db',
      image: images.postgres,
      env: { POSTGRES_USER: 'shop', POSTGRES_PASSWORD: 'x' },
      health: 'pg_isready -q -h 127.0.0.1',
      healthRetries: 200,
      volumes: { rows: '/var/lib/postgresql/data' },
    }
    await deploy(db)
    await exec('db', `psql -U shop -d shop -c 'CREATE TABLE orders (id int PRIMARY KEY)'`)
    const bot = await botFor(kit)
    for (const { law, dump, load, says } of ROWS) {
      // Labels alone are changed: nothing restarts.
      await deploy({ ...db, labels: labelsOf(dump, load) })
      await exec('db', `psql -U shop -d shop -c 'DROP TABLE IF EXISTS recipe_ci_canary'`)
      const marks = await canaries()
      const made = await bot('create')
      const SNAPSHOT = savedSnapshot(made.output) ?? ''
      t.not(SNAPSHOT, '', `${law}: ${made.output}`)
      await marks.change()
      const restored = await bot('restore', { SNAPSHOT })
      const rows = (await marks.restored()).find(({ name }) => name.includes('rows in'))
      t.equal(wordFor(restored, rows), says, law)
    }
  },
)
