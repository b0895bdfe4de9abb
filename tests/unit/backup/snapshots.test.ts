import t from 'tap'
import { createSnapshots, type AbraLists } from '../../../lib/backup/snapshots.js'
import type { Engine, ExecOutcome, ExecRequest } from '../../../lib/swarm/engine.js'

const APP = { domain: 'note-3fa9c1.ci.example.org', stack: 'note-3fa9c1_ci_example_org' }
const ID = 'b9bb05b6'

type Exec = (request: ExecRequest) => Partial<ExecOutcome>

/** An engine with one bot whose commands answer as told. */
function engine(exec: Exec | undefined, env: string[] = []): Pick<Engine, 'get' | 'exec'> {
  const answers: Record<string, unknown> = {
    services: exec === undefined ? [] : [{ ID: 's1' }],
    containers: [{ Id: 'c1' }],
  }
  return {
    get: async <T>(path: string) =>
      (path.endsWith('/c1/json')
        ? { Config: { Env: env } }
        : answers[path.split(/[/?]/)[1] ?? '']) as T,
    exec: async (_, request) => ({
      exitCode: 127,
      stdout: '',
      stderr: '',
      truncated: false,
      ...exec?.(request),
    }),
  }
}

const abra = (output?: string): AbraLists => ({
  backupSnapshots: async () => ({ ok: output !== undefined, output: output ?? '' }),
  backupList: async () => ({ ok: output !== undefined, output: output ?? '' }),
})

const restic =
  (stdout: string): Exec =>
  ({ cmd }) =>
    cmd[0] === 'restic' ? { exitCode: 0, stdout } : {}
const TABLE = `${ID}  2026-11-24 22:39:32  note\n`

t.test('snapshots are listed by restic, else by the bot, else by abra', async t => {
  const json = `[{"id":"${ID}","hostname":"${APP.domain}"},{"id":"aaaaaaaa","hostname":"other"}]`
  const list = (exec: Exec | undefined, output?: string) =>
    createSnapshots({ engine: engine(exec), abra: abra(output) }).list(APP)
  t.strictSame(await list(restic(json)), [ID], 'those of other apps are left out')
  t.strictSame(await list(restic('[]'), TABLE), [], 'none is an answer')
  t.strictSame(
    await list(({ cmd }) =>
      cmd.includes('snapshots') && cmd[0] !== 'restic' ? { exitCode: 0, stdout: TABLE } : {},
    ),
    [ID],
  )
  t.strictSame(await list(() => ({ exitCode: 1 }), TABLE), [ID])
  t.strictSame(await list(undefined, TABLE), [ID])
  t.equal(await list(undefined), undefined, 'nobody can')
  t.equal(await list(() => ({ exitCode: 1 })), undefined)
})

t.test('the files of a snapshot are unknown unless somebody says them', async t => {
  const ls = `{"struct_type":"snapshot","id":"${ID}"}\n{"type":"file","path":"/secrets/a","size":9}\n{"type":"dir","path":"/v"}\n{"type":"file","path":"/v/x","size":3}\n`
  const held = [
    { path: '/v', bytes: 0, isFolder: true },
    { path: '/v/x', bytes: 3 },
  ]
  const files = (exec: Exec | undefined, output?: string) =>
    createSnapshots({ engine: engine(exec), abra: abra(output) }).entries(APP, ID)
  t.strictSame(await files(restic(ls)), held, 'secrets are no data')
  t.strictSame(await files(undefined, ls), held)
  t.equal(await files(restic('')), undefined)
  t.equal(await files(undefined), undefined)
  t.equal(
    await files(() => ({ exitCode: 0, stdout: ls, truncated: true })),
    undefined,
    'a part is not all',
  )
})

t.test(
  'restic gets what the bot’s own environment does not say, and nothing is locked',
  async t => {
    const requests: ExecRequest[] = []
    const look = async (env: string[]) => {
      const bot = engine(request => {
        requests.push(request)
        return { exitCode: 0, stdout: '[]' }
      }, env)
      await createSnapshots({ engine: bot, abra: abra() }).list(APP)
      return requests.at(-1)
    }
    t.match(await look([]), {
      cmd: ['restic', 'snapshots', '--json', '--no-lock'],
      env: {
        RESTIC_REPOSITORY: '/backups/restic',
        RESTIC_PASSWORD_FILE: '/run/secrets/restic_password',
      },
    })
    const own = await look(['RESTIC_REPOSITORY_FILE=/x', 'RESTIC_PASSWORD=lab', 'PATH=/bin'])
    t.strictSame(own?.env, {})
  },
)

t.test('the end of the run is not taken for an answer', async t => {
  const run = new AbortController()
  const bot = engine(() => {
    run.abort(new Error('terminated'))
    throw new Error('cut off')
  })
  const reader = createSnapshots({ engine: bot, abra: abra(TABLE), signal: run.signal })
  await t.rejects(reader.list(APP), /terminated/)
})
