import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import t from 'tap'
import { serving, type ServingOptions } from '../../lib/health/serving.js'
import { createTrust } from '../../lib/health/trust.js'
import { startHttps } from '../support/https-server.js'

const proxy = await startHttps('*.sw.test', (_, response) => response.end('hello'))
t.teardown(() => proxy[Symbol.asyncDispose]())

/** A gateway that passes connections of one name on undecrypted, as a TCP router does, and serves all others itself. */
async function gatewayThat(act: (socket: Socket) => void, name = 'app.sw.test') {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => undefined))
    socket.once('data', hello => {
      if (hello.includes(name)) {
        act(socket)
        return
      }
      const onward = connect(proxy.gateway)
      onward.write(hello)
      sockets.add(onward.on('error', () => undefined))
      socket.pipe(onward).pipe(socket)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

const base: Omit<ServingOptions, 'gateway'> = {
  domain: 'app.sw.test',
  trust: createTrust(proxy.ca),
  path: '/',
  ok: [200],
  deadlineMs: 700,
  signal: new AbortController().signal,
  emit: () => undefined,
}

const hangUp = (socket: Socket) => socket.destroy()
const BACKENDS: [string, (socket: Socket) => void][] = [
  ['is down', hangUp],
  ['speaks plain HTTP', socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['never answers', () => undefined],
]
for (const [law, act] of BACKENDS) {
  t.test(`an app that ends TLS itself is not serving where its backend ${law}`, async t => {
    const checks = await serving({ ...base, gateway: await gatewayThat(act) })
    t.match(checks, [
      {
        status: 'fail',
        cause: {
          class: 'not_serving',
          sentence: /the connection ended without a TLS answer/,
          fix: /TCP router/,
        },
      },
    ])
  })
}

t.test('a gateway that shakes hands for no name is a fault of the bench', async t => {
  const checks = await serving({ ...base, gateway: await gatewayThat(hangUp, 'sw.test') })
  t.match(checks, [{ status: 'fail', cause: { class: 'fault', sentence: /cannot be reached/ } }])
})

t.test('so is one that takes no connection, or that has no address', async t => {
  const closed = createServer()
  await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve))
  const { port } = closed.address() as AddressInfo
  await new Promise(resolve => closed.close(resolve))
  for (const host of ['127.0.0.1', 'nowhere.invalid']) {
    const checks = await serving({ ...base, gateway: { host, port } })
    t.match(checks, [{ cause: { class: 'fault', sentence: /takes no connection/ } }], host)
  }
})
