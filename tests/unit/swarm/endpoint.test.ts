import { createHash } from 'node:crypto'
import t from 'tap'
import { agreedVersion } from '../../../lib/swarm/engine.js'
import { findEndpoint } from '../../../lib/swarm/endpoint.js'
import { isListening } from '../../../lib/swarm/listening.js'

const idOf = (context: string) => createHash('sha256').update(context).digest('hex')
const meta = (Host: string) => JSON.stringify({ Name: 'x', Endpoints: { docker: { Host } } })

t.test('DOCKER_HOST wins over any context', async t => {
  const env = { DOCKER_HOST: 'unix:///run/other.sock', DOCKER_CONTEXT: 'far', HOME: '/nowhere' }
  t.match(await findEndpoint(env), { kind: 'unix', socketPath: '/run/other.sock' })
})

t.test('tcp has a default port, and TLS only when asked for', async t => {
  t.match(await findEndpoint({ DOCKER_HOST: 'tcp://10.1.1.1' }), {
    kind: 'tcp',
    host: '10.1.1.1',
    port: 2375,
  })
  const tls = { DOCKER_HOST: 'tcp://[::1]', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' }
  t.match(await findEndpoint(tls), { host: '::1', port: 2376, tlsDir: '/certs' })
})

t.test(
  'a context is found by DOCKER_CONTEXT, else by the config file, else the default socket',
  async t => {
    const home = t.testdir({
      '.docker': {
        'config.json': JSON.stringify({ currentContext: 'mine' }),
        contexts: {
          meta: {
            [idOf('mine')]: { 'meta.json': meta('unix:///run/mine.sock') },
            [idOf('other')]: { 'meta.json': meta('tcp://127.0.0.1:2375') },
          },
        },
      },
    })
    t.match(await findEndpoint({ HOME: home }), { socketPath: '/run/mine.sock' })
    t.match(await findEndpoint({ HOME: home, DOCKER_CONTEXT: 'other' }), { host: '127.0.0.1' })
    t.match(await findEndpoint({ HOME: home, DOCKER_CONTEXT: 'default' }), {
      socketPath: '/var/run/docker.sock',
    })
    t.match(await findEndpoint({ HOME: '/nowhere' }), { socketPath: '/var/run/docker.sock' })
    await t.rejects(findEndpoint({ HOME: home, DOCKER_CONTEXT: 'none' }), {
      code: 'RCI_ABSENT',
      message: /"none"/,
    })
  },
)

t.test('an address that is not spoken is a fault with a hint', async t => {
  await t.rejects(findEndpoint({ DOCKER_HOST: 'ssh://host' }), {
    code: 'RCI_ABSENT',
    hint: /DOCKER_HOST/,
  })
})

t.test('the lower of two API versions is spoken; DOCKER_API_VERSION wins', async t => {
  t.equal(agreedVersion('1.41', {}), '1.41')
  t.equal(agreedVersion('1.99', {}), '1.47')
  t.equal(agreedVersion('', {}), '')
  t.equal(agreedVersion('1.41', { DOCKER_API_VERSION: '1.40' }), '1.40')
})

t.test('a port is listened on only in state LISTEN and beyond loopback', async t => {
  const row = (local: string, state: string) =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000`
  t.equal(isListening(row('00000000:1F90', '0A'), 8080), true)
  t.equal(isListening(row('00000000000000000000000000000000:1F90', '0A'), 8080), true)
  t.equal(isListening(row('00000000:1F90', '01'), 8080), false, 'a connection is no listener')
  t.equal(isListening(row('0100007F:1F90', '0A'), 8080), false, 'loopback alone')
  t.equal(
    isListening(row('00000000000000000000000001000000:1F90', '0A'), 8080),
    false,
    'loopback alone',
  )
  t.equal(isListening(row('00000000:1F91', '0A'), 8080), false)
  t.equal(isListening(row('00000000:1F91', '0A')), true, 'whatever the port')
  t.equal(isListening(row('0B00007F:9C41', '0A')), false, "Docker's own name server")
})
