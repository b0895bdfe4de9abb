import t from 'tap'
import { get } from '../../lib/health/https-request.js'
import { createTrust } from '../../lib/health/trust.js'
import { startHttps } from '../support/https-server.js'

const asked: (string | undefined)[] = []
const server = await startHttps('*.sw.test', (request, response) => {
  asked.push(request.url)
  if (request.url !== '/stream') return void response.end('hello')
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
