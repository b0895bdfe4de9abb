import { createServer } from 'node:https'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { execa } from 'execa'
import { join } from 'node:path'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'

/** An HTTPS server on loopback with a certificate of its own authority. */
export type TestServer = AsyncDisposable & {
  readonly gateway: { readonly host: string; readonly port: number }
  /** Path of the authority's PEM file. */
  readonly ca: string
}

/** What is odd about a certificate. */
export type Oddity = {
  /** Common name; default: the names. */
  readonly subject?: string
  /** Days from now to its end; negative: it has expired. */
  readonly days?: number
}

/** `names` are what the certificate is for: `*.sw.test`. */
export async function startHttps(
  names: string,
  listener: RequestListener,
  { subject = names, days = 2 }: Oddity = {},
): Promise<TestServer> {
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-tls-'))
  const run = (args: readonly string[]) => execa('openssl', args, { cwd: dir })
  const key = ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out']
  await run([...key, 'ca.key'])
  await run([
    'req',
    '-x509',
    '-new',
    '-key',
    'ca.key',
    '-subj',
    '/CN=test authority',
    '-days',
    '2',
    '-out',
    'ca.pem',
  ])
  await run([...key, 'own.key'])
  await run(['req', '-new', '-key', 'own.key', '-subj', `/CN=${subject}`, '-out', 'own.csr'])
  await writeFile(join(dir, 'ext'), `subjectAltName=DNS:${names}`)
  const sign = [
    'x509',
    '-req',
    '-in',
    'own.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    String(days),
  ]
  await run([...sign, '-extfile', 'ext', '-out', 'own.pem'])
  const [ownKey, cert] = await Promise.all([
    readFile(join(dir, 'own.key')),
    readFile(join(dir, 'own.pem')),
  ])
  const server = createServer({ key: ownKey, cert }, listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    gateway: { host: '127.0.0.1', port },
    ca: join(dir, 'ca.pem'),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
