import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { CrashPoint } from '../../lib/domain/crash-points.js'
import type { HappeningBody } from '../../lib/domain/events.js'
import type { RunId } from '../../lib/domain/names.js'
import { OpenFolder } from '../../lib/janitor/open-folder.js'
import { tidyRuns, type RunsOptions } from '../../lib/janitor/runs.js'
import { RunLock } from '../../lib/lock/run-lock.js'
import { makeRunFolder } from '../../lib/run/run-folder.js'

const note = { run_id: 'x', pid: process.pid, started: new Date().toISOString() }
const running =
  '{"schema":2,"recipe":"site","status":"running","reason":null,"stages":[{"name":"install"}]}'
const finished = '{"schema":2,"recipe":"site","status":"finished","reason":"completed"}'

t.test('the record of a run that was killed says aborted, and keeps the rest', async t => {
  const { runsDir, add, record } = folders(t)
  add('dead', running)
  const { rows, said } = await tidy(runsDir)
  t.strictSame(rows, [{ run: 'dead', action: 'abort', done: true, error: null }])
  t.match(said, [{ type: 'run.noted', text: /dead/ }])
  t.strictSame(record('dead'), {
    schema: 2,
    recipe: 'site',
    status: 'aborted',
    reason: 'killed',
    stages: [{ name: 'install' }],
  })
  t.strictSame((await readdir(join(runsDir, 'dead'))).sort(), ['results.json', 'run.lock'])
  t.strictSame((await tidy(runsDir)).rows, [], 'once')
})

t.test('the record of a run that lives is left alone', async t => {
  const { runsDir, add, record } = folders(t)
  add('alive', running)
  const lock = await RunLock.take(join(runsDir, 'alive'), note)
  t.strictSame((await tidy(runsDir)).rows, [])
  t.match(record('alive'), { status: 'running' })
  lock.release()
  t.match((await tidy(runsDir)).rows, [{ run: 'alive', action: 'abort' }])
})

t.test('a run that ends while the janitor looks is not called aborted', async t => {
  const { runsDir, add, record } = folders(t)
  add('dead', running)
  add('ending', running)
  const lock = await RunLock.take(join(runsDir, 'ending'), note)
  // By now the janitor has read "running" in both: one run ends before its lock is asked for.
  let ended = false
  const emit = () => {
    if (!ended) add('ending', finished)
    ended = true
    lock.release()
  }
  const rows = await tidyRuns({ ...options(runsDir), emit })
  t.strictSame(
    rows.map(({ run }) => run),
    ['dead'],
  )
  t.match(record('ending'), { status: 'finished' })
})

t.test('a folder that a killed run had only begun goes; one whose run lives stays', async t => {
  const { runsDir } = folders(t)
  mkdirSync(join(runsDir, '.making-1-aa'), { recursive: true })
  mkdirSync(join(runsDir, '.making-2-bb', 'logs'), { recursive: true })
  mkdirSync(join(runsDir, '.making-3-cc'))
  mkdirSync(join(runsDir, '.making-4-dd', 'logs'), { recursive: true })
  const dead = await RunLock.take(join(runsDir, '.making-2-bb'), note)
  dead.release()
  const alive = await RunLock.take(join(runsDir, '.making-3-cc'), note)
  t.teardown(() => {
    alive.release()
  })
  await tidyRuns({ ...options(runsDir), dryRun: true })
  t.equal((await readdir(runsDir)).length, 4, 'a dry run changes nothing')
  await tidy(runsDir)
  t.strictSame(
    (await readdir(runsDir)).sort(),
    ['.making-3-cc', '.making-4-dd'],
    'and one that has something in it without a lock is not ours',
  )
})

t.test('a run whose folder a janitor takes away before its lock is held makes another', async t => {
  const { runsDir } = folders(t)
  let begun = 0
  const reached = (point: CrashPoint): void => {
    if (point !== 'folder.begun') return
    begun += 1
    for (const name of readdirSync(runsDir))
      if (begun < 3 && name.startsWith('.making-')) rmdirSync(join(runsDir, name))
  }
  const { signal } = new AbortController()
  const making = { note, reached, signal, announce: () => undefined }
  const folder = await makeRunFolder(runsDir, 'x' as RunId, making)
  t.equal(begun, 3)
  t.strictSame((await readdir(folder.path)).sort(), ['logs', 'run.lock'])
  t.strictSame(await readdir(runsDir), ['x'])
  t.equal(RunLock.probe(folder.path).outcome, 'refused', 'held in its place')
})

t.test('a folder without run.lock is not ours', async t => {
  const { runsDir, add, record } = folders(t)
  add('theirs', running)
  await rm(join(runsDir, 'theirs', 'run.lock'))
  t.strictSame((await tidy(runsDir, { keepRuns: 0 })).rows, [])
  t.match(record('theirs'), { status: 'running' })
})

t.test('old runs are trimmed, those that live and the newest of each recipe are kept', async t => {
  const { runsDir, add } = folders(t)
  for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) add(name, finished, index + 1)
  add('kv', finished.replace('site', 'kv'), 0)
  const living = await RunLock.take(join(runsDir, 'b'), note)
  age(runsDir, 'b', 2)
  const { rows } = await tidy(runsDir, { keepRuns: 1 })
  t.strictSame(rows.map(({ run, action, done }) => `${run} ${action} ${String(done)}`).sort(), [
    'a trim true',
    'c trim true',
  ])
  t.strictSame((await readdir(runsDir)).sort(), ['b', 'd', 'kv'])
  living.release()
})

t.test('a dry run says what it would do to run folders, and does nothing', async t => {
  const { runsDir, add, record } = folders(t)
  add('old', finished, 1)
  add('dead', running, 2)
  add('new', finished, 3)
  const { rows } = await tidy(runsDir, { keepRuns: 1, dryRun: true })
  t.strictSame(rows.map(({ run, action, done }) => `${run} ${action} ${String(done)}`).sort(), [
    'dead abort false',
    'old trim false',
  ])
  t.match(record('dead'), { status: 'running' })
  t.strictSame((await readdir(runsDir)).sort(), ['dead', 'new', 'old'])
})

t.test('a removal that was cut short is finished by the next sweep', async t => {
  const { runsDir } = folders(t)
  mkdirSync(join(runsDir, '.trimmed-1-old', 'abra'), { recursive: true })
  await tidy(runsDir)
  t.strictSame(await readdir(runsDir), [])
})

t.test('links are never followed: neither as a run folder nor inside one', async t => {
  const { runsDir, add } = folders(t)
  const precious = t.testdir({ runs: {}, precious: { file: 'precious' } })
  add('old', finished, 1)
  add('new', finished, 2)
  symlinkSync(join(precious, 'precious'), join(runsDir, 'old', 'servers'))
  symlinkSync(join(runsDir, 'old'), join(runsDir, 'linked'))
  await tidy(runsDir, { keepRuns: 0 })
  t.equal(readFileSync(join(precious, 'precious', 'file'), 'utf8'), 'precious')
  t.notOk(existsSync(join(runsDir, 'old')))
})

t.test('whatever lies in the runs folder, the sweep comes through', async t => {
  const { runsDir, add } = folders(t)
  writeFileSync(join(runsDir, 'a file'), '')
  mkdirSync(join(runsDir, 'lock is a folder', 'run.lock'), { recursive: true })
  add('broken', '{"status":"running"', 1)
  add('empty', '', 2)
  mkdirSync(join(runsDir, 'record is a folder', 'results.json'), { recursive: true })
  writeFileSync(join(runsDir, 'record is a folder', 'run.lock'), '')
  const { rows } = await tidy(runsDir)
  t.strictSame(
    rows.filter(({ error }) => error === null),
    [],
  )
  t.strictSame(await tidyRuns(options(join(runsDir, 'missing'))), [])
})

t.test(
  'what is done in an open folder is done there, also when another one takes its name',
  async t => {
    const dir = t.testdir({ run: { 'results.json': 'old' } })
    using folder = OpenFolder.open(join(dir, 'run'))
    t.ok(folder.isAt(join(dir, 'run')))
    renameSync(join(dir, 'run'), join(dir, 'run.old-1'))
    mkdirSync(join(dir, 'run'))
    t.notOk(folder.isAt(join(dir, 'run')))
    writeFileSync(folder.path('results.json'), 'aborted')
    t.equal(readFileSync(join(dir, 'run.old-1', 'results.json'), 'utf8'), 'aborted')
    t.strictSame(await readdir(join(dir, 'run')), [])
  },
)

function folders(t: Test) {
  const runsDir = join(t.testdir({ runs: {} }), 'runs')
  return {
    runsDir,
    /** A run folder as a dead run leaves it; `hours`: when it started, after the epoch. */
    add: (name: string, results: string, hours = 1) => {
      mkdirSync(join(runsDir, name), { recursive: true })
      writeFileSync(join(runsDir, name, 'results.json'), results)
      if (!existsSync(join(runsDir, name, 'run.lock'))) {
        writeFileSync(join(runsDir, name, 'run.lock'), '')
        age(runsDir, name, hours)
      }
    },
    record: (name: string): unknown =>
      JSON.parse(readFileSync(join(runsDir, name, 'results.json'), 'utf8')),
  }
}

function age(runsDir: string, name: string, hours: number): void {
  const time = new Date(hours * 3_600_000)
  utimesSync(join(runsDir, name, 'run.lock'), time, time)
}

function options(runsDir: string): RunsOptions {
  const now = () => new Date()
  return { runsDir, keepRuns: 200, dryRun: false, now, emit: () => undefined }
}

async function tidy(runsDir: string, given: Partial<RunsOptions> = {}) {
  const said: HappeningBody[] = []
  const emit = (happening: HappeningBody) => void said.push(happening)
  return { rows: await tidyRuns({ ...options(runsDir), emit, ...given }), said }
}
