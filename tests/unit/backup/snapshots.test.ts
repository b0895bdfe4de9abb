import t from 'tap'
import { createRepository, type AbraLists } from '../../../lib/backup/repository.js'
import { createSnapshots } from '../../../lib/backup/snapshots.js'
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
  const list = async (exec: Exec | undefined, output?: string) =>
    (await createSnapshots({ engine: engine(exec), abra: abra(output) }).list(APP))?.ids
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
  const files = (exec: Exec | undefined, output?: string) =>
    createRepository({ engine: engine(exec), abra: abra(output) }).entries(APP, ID)
  const held = [{ bytes: 9 }, { path: '/v', bytes: 0, isFolder: true }, { path: '/v/x', bytes: 3 }]
  t.match(await files(restic(ls)), held)
  t.match(await files(undefined, ls), held)
  t.equal(await files(restic('')), undefined)
  t.equal(await files(undefined), undefined)
  t.equal(
    await files(() => ({ exitCode: 0, stdout: ls, truncated: true })),
    undefined,
    'a part is not all',
  )
})

const at = (time: string): number => Date.parse(`2026-11-24T${time}Z`)
const entry = (id: string, time: string, host = APP.domain): string =>
  `{"id":"${id}","hostname":"${host}","time":"2026-11-24T${time}.5Z"}`

/** A bot whose repository holds this, and an Engine whose clock stands still. */
function repository(entries: readonly string[], clock = '10:00:00'): Pick<Engine, 'get' | 'exec'> {
  const bot = engine(({ cmd }) => {
    if (cmd[0] !== 'restic') return {}
    if (cmd[1] === 'snapshots') return { exitCode: 0, stdout: `[${entries.join()}]` }
    const wanted = cmd.at(-1) ?? ''
    const head = entries.find(each => each.includes(wanted)) ?? entries.at(-1) ?? '{}'
    const file = '{"type":"file","path":"/v/x","size":3}\n{"type":"file","path":"/secrets/a"}'
    return {
      exitCode: 0,
      stdout: `${head.replace('{', '{"struct_type":"snapshot",')}\n${file}\n`,
    }
  })
  const get = async <T>(path: string) =>
    path === '/info' ? ({ SystemTime: `2026-11-24T${clock}Z` } as T) : bot.get<T>(path)
  return { ...bot, get }
}

const read = (bot: Pick<Engine, 'get' | 'exec'>) => createSnapshots({ engine: bot, abra: abra() })
const [OLD, BETWEEN, OURS, OTHERS] = ['aaaaaaaa', 'bbbbbbbb', 'cccccccc', 'dddddddd'] as const
const before = [entry(OLD, '09:00:00')]

t.test('an early listing stays good: what came before the backup is told by its date', async t => {
  const early = await read(repository(before)).list(APP)
  t.strictSame(early, { ids: [OLD], dated: true })
  const mark = await read(repository(before)).mark(APP, early)
  t.strictSame(mark, { ids: [OLD], atMs: at('10:00:00') })
  const between = [...before, entry(BETWEEN, '09:59:58')]
  t.equal(
    await read(repository(between)).taken(APP, mark, ''),
    undefined,
    'a backup by somebody else between listing and ours is not ours',
  )
  t.strictSame(
    await read(repository([...between, entry(OURS, '10:00:00')])).taken(APP, mark, ''),
    { id: OURS, entries: [{ path: '/v/x', bytes: 3 }] },
    'the app’s secrets are no data',
  )
})

t.test('a clock that is behind by less than a second hides no snapshot', async t => {
  const mark = { ids: [OLD], atMs: at('10:00:00') + 900 }
  const whole = entry(OURS, '10:00:00').replace('.5Z', 'Z')
  t.match(await read(repository([...before, whole])).taken(APP, mark, ''), { id: OURS })
})

t.test('the snapshot that the backup named is ours if it was not there before', async t => {
  const mark = { ids: [OLD], atMs: at('10:00:00') }
  const bot = repository([...before, entry(OURS, '09:58:00')])
  t.equal(await read(bot).taken(APP, mark, ''), undefined)
  t.match(await read(bot).taken(APP, mark, `snapshot ${OURS} saved`), { id: OURS })
  const later = repository([...before, entry(OURS, '09:58:00'), entry(OTHERS, '10:00:02', 'other')])
  t.match(await read(later).taken(APP, mark, `{"snapshot_id":"${OURS}"}`), { id: OURS })
  t.equal(await read(bot).taken(APP, mark, `snapshot ${OLD} saved`), undefined, 'an old one is not')
  t.equal(await read(bot).taken(APP, mark, `using parent snapshot ${OURS}`), undefined)
})

t.test('the newest snapshot is not ours when another app’s backup came after it', async t => {
  const mark = { ids: [OLD], atMs: at('10:00:00') }
  const later = [entry(OURS, '10:00:01'), entry(OTHERS, '10:00:02', 'other')]
  const bot = repository([...before, ...later])
  t.match(await read(bot).taken(APP, mark, ''), { id: OURS })
  t.match(await read(bot).taken(APP, mark, `snapshot ${OURS} saved`), { id: OURS })
  t.match(
    await read(bot).taken(APP, mark, `snapshot ${OLD} saved`),
    { id: OURS },
    'an old one is none',
  )
})

t.test('a list without dates is read again right before the backup', async t => {
  const undated = repository([`{"id":"${OLD}","hostname":"${APP.domain}"}`])
  const early = await read(undated).list(APP)
  t.strictSame(early, { ids: [OLD], dated: false })
  const fresh = repository([...before, entry(BETWEEN, '09:59:59')])
  const now = { ids: [OLD, BETWEEN], atMs: undefined }
  t.strictSame(await read(fresh).mark(APP, early), now)
  t.strictSame(await read(fresh).mark(APP, undefined), now)
  const deaf = repository([...before, entry(BETWEEN, '09:59:59')], 'not a time')
  t.strictSame(await read(deaf).mark(APP, { ids: [OLD], dated: true }), now, 'nor without a clock')
})

t.test('where nobody can list, the backup’s own word counts', async t => {
  const mute = createSnapshots({ engine: engine(undefined), abra: abra() })
  t.equal(await mute.mark(APP, undefined), undefined)
  t.match(await mute.taken(APP, undefined, `snapshot ${OURS} saved`), { id: OURS })
  t.equal(await mute.taken(APP, undefined, 'done'), undefined)
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
