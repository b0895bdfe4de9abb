import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { EngineFault, type Engine } from '../../../lib/swarm/engine.js'
import { listens } from '../../../lib/swarm/listening.js'

const ID = 'c0ffee'.repeat(11).slice(0, 64)
const LISTENER = `
  const server = require('node:net').createServer().listen(0, '0.0.0.0', () => console.log(server.address().port))
`

/** What the Engine says of the one container of service "voice", and of "cat" in it. */
type Said = {
  readonly pid?: number
  readonly isRunning?: boolean
  readonly cat: () => Promise<{ readonly exitCode: number; readonly stdout: string }>
}

/** An Engine with a stack of two services in memory. */
function engineThat({ pid = 0, isRunning = true, cat }: Said): Engine {
  const known: Partial<Engine> = {
    get: path => Promise.resolve(answer(path, { Running: isRunning, Pid: pid }) as never),
    exec: async () => ({ stderr: '', truncated: false, ...(await cat()) }),
  }
  return known as Engine
}

function answer(path: string, State: object): unknown {
  const names = ['voice', 'web']
  if (path.startsWith(`/containers/${ID}/json`)) return { Id: ID, State }
  if (path.startsWith('/services?'))
    return names.map(name => ({ ID: `id-${name}`, Spec: { Name: `stack_${name}` } }))
  const Status = { State: 'running', ContainerStatus: { ContainerID: ID } }
  if (path.startsWith('/tasks?'))
    return [{ ID: 'task', ServiceID: 'id-voice', DesiredState: 'running', Status }]
  const Labels = {
    'com.docker.swarm.service.name': 'stack_voice',
    'com.docker.swarm.task.id': 'task',
  }
  return [{ Id: ID, State: 'running', Labels }]
}

const ask = (said: Said, { service = 'voice', port }: { service?: string; port: number }) =>
  listens(engineThat(said), 'stack', { service, port })

const NOT_FOUND = 'exec: "cat": executable file not found in $PATH'
const FAULT = { path: 'POST /exec/1/start', status: 400, why: NOT_FOUND }
/** How Engines say that there is no such program. */
const WITHOUT_CAT: Readonly<Record<string, Said['cat']>> = {
  'an exit code': () => Promise.resolve({ exitCode: 127, stdout: NOT_FOUND }),
  'a refusal': () => Promise.reject(new EngineFault(FAULT)),
}

/**
 * A process with files and a network of its own, as a container's: it listens on a port there. Undefined: this user may
 * not make one.
 */
async function contained(t: Test): Promise<{ pid: number; port: number } | undefined> {
  const dir = t.testdir({ containers: { [ID]: { hostname: 'voice' } } })
  const hostname = join(dir, 'containers', ID, 'hostname')
  const own = process.getuid?.() === 0 ? '-mn' : '-rmn'
  const script = 'mount --bind "$1" /etc/hostname && exec "$2" -e "$3"'
  const args = [own, 'sh', '-c', script, 'sh', hostname, process.execPath, LISTENER]
  const env = { ...process.env, NODE_OPTIONS: '' }
  const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  t.teardown(() => child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)
  const [port] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?]
  return port === undefined ? undefined : { pid: child.pid ?? 0, port: Number(port) }
}

for (const [how, cat] of Object.entries(WITHOUT_CAT)) {
  t.test(`an image without "cat" is looked at from the host: ${how}`, async t => {
    const inside = await contained(t)
    if (inside === undefined) return void t.pass('', { skip: 'unshare is not permitted here' })
    const { pid, port } = inside
    t.strictSame(await ask({ pid, cat }, { port }), {
      good: true,
      seen: `"voice" listens on port ${port}`,
    })
    t.strictSame(await ask({ pid, cat }, { port: port + 1 }), {
      good: false,
      seen: `"voice" does not listen on port ${port + 1}`,
    })
  })

  t.test(`where the host does not have the container, nobody can tell: ${how}`, async t => {
    const { pid } = process
    const blind = { good: false, seen: /no "cat".*executable file not found/, final: 'unver' }
    t.match(await ask({ pid, cat }, { port: 1 }), blind, 'of another process with that id')
    t.match(await ask({ pid: 2 ** 30, cat }, { port: 1 }), blind)
  })
}

t.test('a container that ends meanwhile is asked again', async t => {
  const killed = () => Promise.resolve({ exitCode: 137, stdout: '' })
  const seen = await ask({ isRunning: false, cat: killed }, { port: 1 })
  t.strictSame([seen.good, seen.final], [false, undefined])
  const gone = () => Promise.reject(new EngineFault({ ...FAULT, status: 409, why: 'not running' }))
  const { good, final } = await ask({ cat: gone }, { port: 1 })
  t.strictSame([good, final], [false, undefined])
})

t.test('a service that the stack does not have is told with those that it has', async t => {
  const cat = () => Promise.resolve({ exitCode: 0, stdout: '' })
  t.strictSame(await ask({ cat }, { service: 'vioce', port: 1 }), {
    good: false,
    seen: 'the stack has no service "vioce", only "voice", "web"',
    final: 'fail',
  })
})
