import { once } from 'node:events'
import { createServer as createHttp } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import t from 'tap'
import { get } from '../../lib/health/https-request.js'
import { judge, speakerOf } from '../../lib/health/judge-answer.js'
import { createTrust } from '../../lib/health/trust.js'
import { startProxy } from '../support/own-proxy.js'

const SUFFIX = 'sw.test'

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

/** An app that says this itself. */
const says = (status: number, body: string) =>
  portOf(createHttp((_, response) => response.writeHead(status).end(body)))
/** An app that takes the connection, and then does this. */
const takes = (act: (socket: { destroy: () => void }) => void) => portOf(createServer(act))

async function refuses(): Promise<number> {
  const server = createServer()
  const port = await portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

const held = new Set<{ destroy: () => void }>()
t.teardown(() => {
  for (const socket of held) socket.destroy()
})

const apps = {
  silent: await takes(socket => held.add(socket)),
  refusing: await refuses(),
  hanging: await takes(socket => {
    socket.destroy()
  }),
  absent: undefined,
  own502: await says(502, '<h1>502 Bad Gateway</h1>nginx'),
  own503: await says(503, 'no available server for you today'),
  own504: await says(504, '<h1>504 Gateway Time-out</h1>nginx'),
  own404: await says(404, '404 page not found: /'),
  bare504: await says(504, ''),
}

// prettier-ignore
const ROWS = [
  ['silent',   504, 'proxy', /does not answer in time \(504\)/, 'takes connections and never answers'],
  ['refusing', 502, 'proxy', /refuses the connection or .*502/, 'nobody listens'],
  ['hanging',  502, 'proxy', /or ends it without .*502/, 'hangs up on every connection'],
  ['absent',   503, 'proxy', /no running task.*503/, 'the route has no server'],
  ['nowhere',  404, 'proxy', /knows no route/,                  'no route'],
  ['own502',   502, 'app',   /the app answers 502/,             'a 502 of a proxy within the app'],
  ['own503',   503, 'app',   /the app answers 503/,             'a 503 of the app'],
  ['own504',   504, 'app',   /the app answers 504/,             'a 504 of a proxy within the app'],
  ['own404',   404, 'app',   /the app answers 404/,             'a 404 of the app'],
  ['bare504',  504, 'app',   /the app answers 504/,             'a 504 without a word'],
] as const

t.test("a real Traefik's own answers are told apart from the app's", async t => {
  await using proxy = await startProxy({
    dir: t.testdir({}),
    suffix: SUFFIX,
    apps,
    patience: '500ms',
  })
  const trust = await createTrust(proxy.ca)()
  const { signal } = new AbortController()
  for (const [name, status, speaker, words, why] of ROWS) {
    const address = { domain: `${name}.${SUFFIX}`, gateway: proxy.gateway }
    const answer = await get({ address, path: '/', trust, deadlineMs: 20_000, signal })
    if (answer.kind === 'silence') {
      t.fail(`${name}: ${answer.why}`)
      continue
    }
    const seen = judge(answer, { url: `https://${address.domain}/`, ok: [200] })
    t.equal(answer.status, status, `${name}: ${why}`)
    t.equal(speakerOf(answer), speaker, `${name}: ${JSON.stringify(answer.body)}`)
    t.match(seen.cause?.sentence, words)
    t.equal(answer.certificate.problem, undefined)
  }
})
