import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { Results } from '../../lib/domain/results.js'
import { killGroup, until } from '../support/process-group.js'

const ACTOR = new URL('../support/record-actor.ts', import.meta.url).pathname
const run = promisify(execFile)

/** Far more than a pipe and a terminal hold together. */
const MUCH = '500'

type Stdout = 'ignore' | 'pipe'

function start(t: Test, argv: readonly string[], stdout: Stdout = 'ignore'): ChildProcess {
  const [program = '', ...args] = argv
  const env = { ...process.env, NODE_OPTIONS: '' }
  const child = spawn(program, args, { env, stdio: ['ignore', stdout, 'inherit'], detached: true })
  t.teardown(() => {
    if (child.pid !== undefined) killGroup(child.pid)
  })
  return child
}

const actor = (...args: readonly string[]) => [process.execPath, '--import', 'tsx', ACTOR, ...args]

const resultsIn = (dir: string) =>
  JSON.parse(readFileSync(join(dir, 'results.json'), 'utf8')) as Results

const eventsIn = (dir: string) =>
  readFileSync(join(dir, 'events.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as { type: string; text?: string })

/** A folder on a disk of 1 MiB; undefined where mounting is not allowed. */
async function smallDisk(t: Test): Promise<string | undefined> {
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'recipe-ci-test', dir])
  } catch {
    await rmdir(dir)
    return undefined
  }
  t.teardown(async () => {
    await run('umount', ['--lazy', dir])
    await rmdir(dir)
  })
  return dir
}

t.test('a reader that stands still does not stop a run', async t => {
  const dir = t.testdir({})
  const child = start(t, actor(dir, 'plain', MUCH), 'pipe')
  const [code] = (await once(child, 'exit')) as [number]
  t.equal(code, 0)
  t.equal(resultsIn(dir).status, 'finished')
})

t.test('a reader that goes away does not break a run', async t => {
  const dir = t.testdir({})
  const child = start(t, actor(dir, 'plain', MUCH), 'pipe')
  child.stdout?.destroy()
  const [code] = (await once(child, 'exit')) as [number]
  t.equal(code, 0)
  t.equal(resultsIn(dir).status, 'finished')
})

t.test('a terminal that stands still does not stop a run', async t => {
  const dir = t.testdir({})
  const command = actor(dir, 'live', '200').join(' ')
  const child = start(t, ['script', '-qfec', command, '/dev/null'], 'pipe')
  // The last thing that a run writes.
  const done = () => existsSync(join(dir, 'report.html'))
  t.ok(await until(() => Promise.resolve(done())), 'the run came to its end')
  if (child.pid !== undefined) killGroup(child.pid)
  await once(child, 'exit')
  t.equal(resultsIn(dir).status, 'finished')
})

t.test('a killed run leaves whole lines, status running and all finished tiers', async t => {
  const dir = t.testdir({})
  const child = start(t, actor(dir, 'plain', '100', 'stay'))
  const reached = () => {
    const path = join(dir, 'results.json')
    return existsSync(path) && Object.keys(resultsIn(dir).results).length === 5
  }
  t.ok(await until(() => Promise.resolve(reached())))
  // The record comes before the event of the same tier, and that before the notes which follow it.
  t.ok(await until(() => Promise.resolve(eventsIn(dir).length > 500)))
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.match(resultsIn(dir), { status: 'running', exit_code: null, results: { custom: 'pass' } })
  t.ok(eventsIn(dir).length > 500)
})

t.test('nobody knows of the end of a tier before the record does', async t => {
  const dir = t.testdir({})
  const child = start(t, actor(dir, 'plain', '0', 'die'))
  t.strictSame(await once(child, 'exit'), [null, 'SIGKILL'])
  t.match(resultsIn(dir), { status: 'running', results: { restore: 'pass' } })
  t.strictSame(
    readdirSync(dir).filter(name => name.endsWith('.new')),
    [],
    'no draft is left',
  )
  const told = eventsIn(dir).filter(({ type }) => type === 'tier.finished')
  t.equal(told.length, 3, 'and its event is written after it')
})

t.test('a disk that fills up costs lines, never the run nor its last record', async t => {
  const dir = await smallDisk(t)
  if (dir === undefined) {
    t.comment('mounting takes root: nothing tested')
    return
  }
  const child = start(t, actor(dir, 'plain', MUCH), 'pipe')
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'exit')) as [number]
  t.equal(code, 0)
  t.match(resultsIn(dir), { status: 'finished', level: 5, exit_code: 0 })
  t.ok(resultsIn(dir).warnings.some(text => /Cannot write .*ENOSPC/.test(text)))
  t.equal(
    said.match(/!! Cannot write ".*events\.ndjson", lines will be missing/g)?.length,
    1,
    'said once',
  )
  t.ok(eventsIn(dir).length > 100, 'every line that is there is whole')
  t.strictSame(readdirSync(dir).sort(), [
    'badge.svg',
    'events.ndjson',
    'junit.xml',
    'log.txt',
    'report.html',
    'results.json',
    'results.tap',
  ])
})
