import type { IncomingMessage, RequestListener } from 'node:http'
import t from 'tap'
import { serving, type ServingOptions } from '../../lib/health/serving.js'
import { createTrust } from '../../lib/health/trust.js'
import { startHttps } from '../support/https-server.js'
import { testLab } from '../support/test-lab.js'

const hosts: (string | undefined)[] = []
let asked = 0
const HANGS = ['/hang', '/third-hangs']
const THIRD = ['/third', '/third-hangs']
/** Status and body of a path; a 404 is the proxy's own, or one of the app. */
const ANSWERS: Readonly<Record<string, readonly [number, string]>> = {
  '/no-route': [404, '404 page not found\n'],
  '/no-page': [404, '<h1>we have no such page</h1>'],
  '/moved': [302, ''],
  '/broken': [500, 'hello'],
}
const answerTo = (url: string): readonly [number, string] => {
  if (THIRD.includes(url) && asked < 3) return [404, '404 page not found\n']
  return ANSWERS[url] ?? [200, 'hello']
}
/** What the proxy says to a name that no app has. */
const toStranger: { request: RequestListener } = {
  request: (_, response) => response.writeHead(404).end('404 page not found\n'),
}
const isStranger = ({ headers: { host = '' } }: IncomingMessage) =>
  host.startsWith('recipe-ci-asks.')
const server = await startHttps('*.sw.test', (request, response) => {
  if (isStranger(request)) {
    toStranger.request(request, response)
    return
  }
  hosts.push(request.headers.host)
  asked += 1
  const { url = '' } = request
  const [status, body] = answerTo(url)
  if (status === 200 && HANGS.includes(url)) return // never answers
  response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end(body)
})
t.teardown(() => server[Symbol.asyncDispose]())

const base: ServingOptions = {
  domain: 'app.sw.test',
  gateway: server.gateway,
  trust: createTrust(server.ca),
  path: '/',
  ok: [200, 302],
  deadlineMs: 3_000,
  signal: new AbortController().signal,
  emit: () => undefined,
}

t.test('it connects to the gateway and asks for the domain by SNI and Host', async t => {
  const checks = await serving(base)
  t.strictSame(
    checks.map(({ name, status }) => [name, status]),
    [
      ['HTTPS answer at /', 'pass'],
      ['certificate', 'pass'],
    ],
  )
  t.equal(hosts.at(-1), 'app.sw.test')
})

t.test('it polls until the route is there', async t => {
  asked = 0
  t.match(await serving({ ...base, path: '/third' }), [{ status: 'pass' }, { status: 'pass' }])
  t.equal(asked, 3)
})

t.test('a redirect is not followed', async t => {
  const before = hosts.length
  t.match(await serving({ ...base, path: '/moved' }), [
    { status: 'pass', detail: 'HTTP 302 to /elsewhere' },
  ])
  t.equal(hosts.length, before + 1)
})

// prettier-ignore
const STRANGERS = [
  ['the same page',            '/',      'fail', [200, 'hello', undefined]],
  ['another page',             '/',      'pass', [200, 'who are you?', undefined]],
  ['the same, otherwise',      '/',      'pass', [403, 'hello', undefined]],
  ['a redirect to the same',   '/moved', 'fail', [302, 'moved', '/elsewhere']],
  ['a redirect to elsewhere',  '/moved', 'pass', [302, '', '/login?for=them']],
  ['nothing',                  '/',      'pass', undefined],
] as const
for (const [what, path, status, said] of STRANGERS) {
  t.test(`a name that no app has is answered ${what}: ${status}`, async t => {
    const { request } = toStranger
    t.teardown(() => (toStranger.request = request))
    toStranger.request = ({ url, socket }, response) => {
      t.equal(url, path)
      if (said === undefined) return void socket.destroy()
      const [code, body, location] = said
      response.writeHead(code, location === undefined ? {} : { location }).end(body)
    }
    const [check] = await serving({ ...base, path, deadlineMs: 1_000 })
    const cause = { class: 'not_serving', sentence: /same answer .*recipe-ci-asks\.sw\.test/ }
    t.match(check, status === 'pass' ? { status } : { status, cause })
  })
}

t.test('a route that comes beside one that catches every name is waited for', async t => {
  const { request } = toStranger
  t.teardown(() => (toStranger.request = request))
  let times = 0
  toStranger.request = (_, response) => {
    times += 1
    response.end(times < 3 ? 'hello' : 'who are you?')
  }
  t.match(await serving(base), [{ status: 'pass' }, { status: 'pass' }])
  t.equal(times, 3)
})

t.test('a certificate for another name fails, and so does one of an unknown authority', async t => {
  const other = await serving({ ...base, domain: 'app.other.test' })
  t.match(other, [
    { status: 'pass' },
    { status: 'fail', cause: { class: 'bad_certificate' }, detail: /not for this name/ },
  ])
  const unknown = await serving({ ...base, trust: createTrust(undefined) })
  t.match(unknown, [{ status: 'pass' }, { status: 'fail', detail: /not a trusted one/ }])
})

const CERTIFICATES = [
  { law: 'one that has expired', odd: { days: -1 }, says: /it has expired/ },
  {
    law: 'the one that the proxy makes up',
    odd: { subject: 'TRAEFIK DEFAULT CERT' },
    says: /Traefik's own default certificate/,
  },
] as const
for (const { law, odd, says } of CERTIFICATES) {
  t.test(`a good answer with a bad certificate is a fail of its own: ${law}`, async t => {
    const hello: RequestListener = (request, response) =>
      response.writeHead(isStranger(request) ? 404 : 200).end('hello')
    await using other = await startHttps('*.sw.test', hello, odd)
    const { gateway, ca } = other
    t.match(await serving({ ...base, gateway, trust: createTrust(ca) }), [
      { status: 'pass' },
      { status: 'fail', detail: says, cause: { class: 'bad_certificate' } },
    ])
  })
}

t.test('a redirect that is not wanted is a fail that says where it leads', async t => {
  const asked = { ...base, path: '/moved', ok: [200], deadlineMs: 400 }
  const [check] = await serving(asked)
  t.match(check, { status: 'fail', cause: { evidence: /HTTP 302 to \/elsewhere/ } })
})

t.test("404 never counts, not even if it is wanted, and the proxy's own is told apart", async t => {
  const ask = (path: string) => serving({ ...base, path, ok: [200, 404], deadlineMs: 400 })
  const [app, proxy] = [await ask('/no-page'), await ask('/no-route')]
  t.match(app, [{ status: 'fail', cause: { sentence: /the app answers 404/ } }, { status: 'pass' }])
  t.match(proxy, [{ status: 'fail', cause: { sentence: /the proxy knows no route/ } }, {}])
})

t.test("the lab's own proxy says that it knows no route", async t => {
  const lab = await testLab()
  const [host = '', port = ''] = lab.gateway.split(':')
  const gateway = { host, port: Number(port) }
  const domain = `none-000000.${lab.suffix}`
  t.match(
    await serving({ ...base, domain, gateway, trust: createTrust(lab.ca), deadlineMs: 2_000 }),
    [
      { status: 'fail', cause: { sentence: /the proxy knows no route/, fix: /traefik\.enable/ } },
      { status: 'pass' },
    ],
  )
})

t.test(
  'what was answered before the deadline is told, not the cut of the last attempt',
  async t => {
    const [check] = await serving({ ...base, path: '/broken', deadlineMs: 400 })
    t.match(check, { status: 'fail', detail: 'HTTP 500', cause: { class: 'not_serving' } })
  },
)

t.test(
  'an app that hangs is told as such, whatever the proxy had said before its route',
  async t => {
    asked = 0
    const [check] = await serving({ ...base, path: '/third-hangs', deadlineMs: 4_000 })
    t.match(check, { status: 'fail', detail: /no answer in time/ })
  },
)

t.test('an app that hangs is cut at the deadline', async t => {
  const [check] = await serving({ ...base, path: '/hang', deadlineMs: 400 })
  t.match(check, { status: 'fail', cause: { class: 'not_serving' } })
})

t.test('a doomed stack ends the wait with its own cause', async t => {
  const cause = { class: 'crash_loop', sentence: 's', evidence: 'e', fix: 'f' } as const
  const checks = await serving({
    ...base,
    path: '/broken',
    deadlineMs: 3_600_000,
    doomed: async () => ({ cause }),
  })
  t.match(checks, [{ status: 'fail', cause: { class: 'crash_loop' } }])
})

t.test('the watch on the stack is ended when the app serves', async t => {
  let ended = false
  const doomed = (signal: AbortSignal) =>
    new Promise<undefined>(resolve => {
      signal.addEventListener('abort', () => {
        ended = true
        resolve(undefined)
      })
    })
  t.match(await serving({ ...base, doomed }), [{ status: 'pass' }])
  t.equal(ended, true)
})

t.test('an aborted run rejects with its reason', async t => {
  const stop = new AbortController()
  const reason = new Error('terminated')
  setTimeout(() => {
    stop.abort(reason)
  }, 50)
  await t.rejects(
    serving({ ...base, path: '/broken', deadlineMs: 60_000, signal: stop.signal }),
    reason,
  )
})

t.test('a CA that cannot be read is a fault, not a verdict', async t => {
  await t.rejects(serving({ ...base, trust: createTrust('/nowhere/ca.pem') }), {
    code: 'RCI_ABSENT',
    message: /ca\.pem/,
  })
})
