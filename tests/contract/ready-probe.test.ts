import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import t from 'tap'
import { readyProbes, type ReadyProbeOptions } from '../../lib/health/ready-probe.js'
import { createTrust } from '../../lib/health/trust.js'
import { startHttps } from '../support/https-server.js'

let tries = 0
let hung = 0
/** Status and body of a path; a 404 is the proxy's own, or one of the app. */
const ANSWERS: Readonly<Record<string, readonly [number, string]>> = {
  '/no-route': [404, '404 page not found\n'],
  '/no-page': [404, '<h1>we have no such page</h1>'],
  '/broken': [500, 'hello'],
}
const server = await startHttps('*.sw.test', ({ url = '' }, response) => {
  if (url === '/first-hangs' && (hung += 1) === 1) return
  if (url === '/flaky') tries += 1
  const flaky = url === '/flaky' && tries === 2
  const [status, body] = ANSWERS[url] ?? [flaky ? 500 : 200, 'hello']
  response.writeHead(status).end(body)
})
t.teardown(() => server[Symbol.asyncDispose]())

const probing: Omit<ReadyProbeOptions, 'probes'> = {
  domain: 'app.sw.test',
  gateway: server.gateway,
  trust: createTrust(server.ca),
  deadlineMs: 3_000,
  signal: new AbortController().signal,
  emit: () => undefined,
  listens: async () => ({ good: false, seen: 'no' }),
}

t.test('READY_PROBE wants its successes in a row', async t => {
  const answers = [true, false, true, true, true]
  let index = 0
  const listens = async () => ({ good: answers[index++] ?? true, seen: 'a try' })
  const probes = [
    { kind: 'tcp', port: 64738, host: undefined, service: 'voice', successes: 3 },
  ] as const
  t.match(await readyProbes({ ...probing, probes, listens }), [
    { status: 'pass', name: 'READY_PROBE tcp voice 64738' },
  ])
  t.equal(index, 5)
})

t.test('READY_PROBE http starts to count anew after each failure', async t => {
  tries = 0
  const probes = [{ kind: 'http', path: '/flaky', status: [200], successes: 2 }] as const
  t.match(await readyProbes({ ...probing, probes, deadlineMs: 20_000 }), [{ status: 'pass' }])
  t.equal(tries, 4, 'good, bad, good, good')
})

t.test("READY_PROBE http that wants a 404 is not content with the proxy's", async t => {
  const probe = (path: string) => [{ kind: 'http', path, status: [404], successes: 1 }] as const
  t.match(await readyProbes({ ...probing, probes: probe('/no-page') }), [{ status: 'pass' }])
  const failed = await readyProbes({ ...probing, probes: probe('/no-route'), deadlineMs: 200 })
  t.match(failed, [{ status: 'fail', detail: /HTTP 404 from the proxy/ }])
})

t.test('READY_PROBE http looks for its status', async t => {
  const probe = (path: string) => [{ kind: 'http', path, status: [200], successes: 1 }] as const
  t.match(await readyProbes({ ...probing, probes: probe('/') }), [{ status: 'pass' }])
  const failed = await readyProbes({ ...probing, probes: probe('/broken'), deadlineMs: 200 })
  t.match(failed, [{ status: 'fail', cause: { class: 'not_serving' }, detail: /HTTP 500.*0 of 1/ }])
})

t.test('READY_PROBE http tries anew when a request hangs', async t => {
  const probes = [{ kind: 'http', path: '/first-hangs', status: [200], successes: 1 }] as const
  t.match(await readyProbes({ ...probing, probes, deadlineMs: 30_000 }), [{ status: 'pass' }])
  t.equal(hung, 2)
})

const VOICE = [{ kind: 'tcp', port: 1, host: undefined, service: 'voice', successes: 1 }] as const

t.test('a doomed stack ends the wait of READY_PROBE with its own cause', async t => {
  const cause = { class: 'crash_loop', sentence: 's', evidence: 'e', fix: 'f' } as const
  const given = { ...probing, probes: [...VOICE, ...VOICE], deadlineMs: 30_000 }
  const checks = await readyProbes({ ...given, doomed: async () => ({ cause }) })
  t.match(checks, [{ name: 'READY_PROBE tcp voice 1', status: 'fail', detail: 's', cause }])
  t.equal(checks.length, 1, 'nothing else is waited for')
})

t.test('the watch on the stack is ended when a READY_PROBE is good', async t => {
  let ended = 0
  const doomed = (signal: AbortSignal) =>
    new Promise<undefined>(resolve => {
      signal.addEventListener('abort', () => {
        ended += 1
        resolve(undefined)
      })
    })
  const listens = async () => ({ good: true, seen: 'yes' })
  t.match(await readyProbes({ ...probing, probes: VOICE, listens, doomed }), [{ status: 'pass' }])
  t.equal(ended, 1)
})

// prettier-ignore
const FINAL = [
  ['unver', undefined, 'nobody can tell'],
  ['fail', { class: 'not_serving', sentence: 'READY_PROBE tcp voice 1 cannot succeed: what was seen', fix: /Correct READY_PROBE/ }, 'it never will be'],
] as const
for (const [final, cause, why] of FINAL) {
  t.test(`whether a service listens is asked once when ${why}`, async t => {
    let times = 0
    const listens = async () => ({
      good: false,
      seen: `what was seen${'!'.repeat(times++)}`,
      final,
    })
    const checks = await readyProbes({ ...probing, probes: VOICE, listens })
    t.match(checks, [{ status: final, detail: 'what was seen', cause }])
    t.equal(times, 1)
  })
}

/** A port on loopback, and what becomes of each connection to it. */
async function portThat(act: (socket: Socket) => void): Promise<number> {
  const server = createServer(act)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const sockets = new Set<Socket>()
  server.on('connection', socket => sockets.add(socket.on('error', () => undefined)))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function portOfNobody(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const nobody = await portOfNobody()
const CLOSED = /is closed as soon as it is opened/
// prettier-ignore
const TCP = [
  ['one that stays open',               'pass', await portThat(() => undefined),                         /accepts connections/],
  ['one that speaks, and ends',         'pass', await portThat(socket => socket.end('220 ready\r\n')),    /accepts connections/],
  ['one that is closed at once',        'fail', await portThat(socket => socket.end()),                   CLOSED],
  ['one that is reset at once',         'fail', await portThat(socket => socket.resetAndDestroy()),       CLOSED],
  ['a proxy before a port of nobody',   'fail', await portThat(forwardsTo(nobody)),                       CLOSED],
  ['a port of nobody',                  'fail', nobody,                                                   /ECONNREFUSED/],
] as const
for (const [which, status, port, seen] of TCP) {
  t.test(`READY_PROBE tcp at the gateway's host: ${which}`, async t => {
    const probes = [
      { kind: 'tcp', port, host: undefined, service: undefined, successes: 1 },
    ] as const
    t.match(await readyProbes({ ...probing, probes, deadlineMs: 1_000 }), [
      { status, detail: seen },
    ])
  })
}

/** As Docker's own proxy does: takes the connection first, and ends it when nobody takes the one behind. */
function forwardsTo(port: number): (socket: Socket) => void {
  return socket => {
    const behind = connect(port, '127.0.0.1')
    behind.once('error', () => socket.end())
    socket.pipe(behind).pipe(socket)
  }
}
