import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { get } from '../../lib/health/https-request.js'
import { createTrust } from '../../lib/health/trust.js'
import { makeCertificates } from '../lab/ca.js'
import { traefikBinary } from '../lab/traefik.js'
import { freePort } from './free-port.js'
import { until } from './lives/processes.js'

/** A real Traefik in front of addresses of this host. */
export type OwnProxy = AsyncDisposable & {
  readonly gateway: { readonly host: string; readonly port: number }
  readonly ca: string
}

export type OwnProxyOptions = {
  /** Empty, and left to the caller. */
  readonly dir: string
  readonly suffix: string
  /** Ports by the first label of the name: a service that has no server, if there is none. */
  readonly apps: Readonly<Record<string, number | undefined>>
  /** How long a service may take to answer. */
  readonly patience: string
}

const READY_MS = 30_000
/** A route without a server: its 503 tells that all routes are there, a 404 or a reset that they are not yet. */
const READY = 'ready'

/** Starts the lab's Traefik as a process of its own, and waits until it answers. */
export async function startProxy(options: OwnProxyOptions): Promise<OwnProxy> {
  const { dir, suffix } = options
  const { ca, certificate, key } = await makeCertificates(join(dir, 'ca'), suffix)
  const port = await freePort()
  const file = join(dir, 'dynamic.yml')
  const defaultCertificate = { certFile: certificate, keyFile: key }
  const tls = { stores: { default: { defaultCertificate } } }
  await writeFile(file, stringify({ tls, http: httpOf(options) }))
  const flags = [
    `--entrypoints.web-secure.address=127.0.0.1:${port}`,
    `--providers.file.filename=${file}`,
    '--providers.providersThrottleDuration=50ms',
    '--global.checkNewVersion=false',
    '--global.sendAnonymousUsage=false',
  ]
  const binary = await traefikBinary(() => undefined)
  await chmod(binary, 0o755)
  const child = spawn(binary, flags, { cwd: dir, stdio: 'ignore' })
  const ended = once(child, 'exit')
  const gateway = { host: '127.0.0.1', port }
  const address = { domain: `${READY}.${suffix}`, gateway }
  const trust = await createTrust(ca)()
  const { signal } = new AbortController()
  const routes = async () => {
    const found = await get({ address, path: '/', trust, deadlineMs: 1_000, signal })
    return found.kind === 'answer' && found.status === 503
  }
  await until(routes, 'the routes of Traefik', READY_MS)
  return {
    gateway,
    ca,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function httpOf({ apps, suffix, patience }: OwnProxyOptions): object {
  const router = (name: string) => ({
    rule: `Host(\`${name}.${suffix}\`)`,
    service: name,
    entryPoints: ['web-secure'],
    tls: {},
  })
  const service = (port: number | undefined) => ({
    loadBalancer: {
      serversTransport: 'own',
      servers: port === undefined ? [] : [{ url: `http://127.0.0.1:${port}` }],
    },
  })
  const forwardingTimeouts = { responseHeaderTimeout: patience }
  const entries = Object.entries({ ...apps, [READY]: undefined })
  return {
    routers: Object.fromEntries(entries.map(([name]) => [name, router(name)])),
    services: Object.fromEntries(entries.map(([name, port]) => [name, service(port)])),
    serversTransports: { own: { forwardingTimeouts } },
  }
}
