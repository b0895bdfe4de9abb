import t from 'tap'
import { get } from '../../lib/health/https-request.js'
import { judge } from '../../lib/health/judge-answer.js'
import { createTrust } from '../../lib/health/trust.js'
import { startHttps } from '../support/https-server.js'

const COOKIES = Array.from({ length: 100 }, (_, index) => `c${index}=${'x'.repeat(1_000)}`)
const SWITCHING = 'HTTP/1.1 101 Switching Protocols'
/** What is said instead of a page. */
const RAW: Readonly<Record<string, string>> = {
  '/switches': `${SWITCHING}\r\nConnection: Upgrade\r\nUpgrade: websocket`,
  '/switches-bare': SWITCHING,
}
/** Headers beside the one that leads back. */
const EXTRA: Readonly<Record<string, { readonly 'set-cookie': string }>> = {
  '/itself-with-cookie': { 'set-cookie': 'tried=1' },
}
const asked: (string | undefined)[] = []
const server = await startHttps('*.sw.test', (request, response) => {
  const { url = '', socket } = request
  asked.push(url)
  const raw = RAW[url]
  if (raw !== undefined) return void socket.write(`${raw}\r\n\r\n`)
  if (url.startsWith('/itself')) response.writeHead(302, { location: url, ...EXTRA[url] })
  if (url === '/many-cookies') response.setHeader('set-cookie', COOKIES)
  if (url !== '/stream') return void response.end('hello')
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n')
})
t.teardown(() => server[Symbol.asyncDispose]())

const ask = async (path: string) =>
  get({
    address: { domain: 'app.sw.test', gateway: server.gateway },
    path,
    trust: await createTrust(server.ca)(),
    deadlineMs: 20_000,
    signal: new AbortController().signal,
  })

t.test('a page that never ends is answered by its status and what has come of it', async t => {
  const answer = await ask('/stream')
  t.match(answer, { kind: 'answer', status: 200, body: 'data: first\n\n' })
  t.ok(answer.ms < 10_000, `${answer.ms} ms`)
})

for (const path of Object.keys(RAW)) {
  t.test(`an answer that goes on in another protocol is one, unasked for: ${path}`, async t => {
    t.match(await ask(path), {
      kind: 'answer',
      status: 101,
      body: '',
      certificate: { problem: undefined },
    })
  })
}

t.test('an answer may have as many headers as other clients take', async t => {
  t.match(await ask('/many-cookies'), { kind: 'answer', status: 200, body: 'hello' })
})

for (const [path, serves] of [
  ['/itself', false],
  ['/itself-with-cookie', true],
] as const) {
  t.test(`a redirect to itself serves nobody, unless it sets a cookie: ${path}`, async t => {
    const wanted = { url: `https://app.sw.test${path}`, ok: [302] }
    t.match(judge(await ask(path), wanted), { serving: serves, seen: `HTTP 302 to ${path}` })
  })
}

const PATHS = [
  ['/ć', '/%C4%87'],
  ['/é', '/%C3%A9'],
  ['/a%20b?c=%C3%A9&d=1#e', '/a%20b?c=%C3%A9&d=1#e'],
  ['/😀', '/%F0%9F%98%80'],
  ['/\ud800', '/%EF%BF%BD'],
  ['/a b', '/a%20b'],
] as const
for (const [path, sent] of PATHS) {
  t.test(`what a path cannot hold is sent percent-encoded: ${sent}`, async t => {
    t.match(await ask(path), { kind: 'answer', status: 200 })
    t.equal(asked.at(-1), sent)
  })
}
