import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { dockerAt, linesOf, succeeds, type Docker } from '../lab/docker.js'
import { buildImages } from '../lab/images.js'
import type { Lab } from '../lab/lab.js'
import { TRAEFIK_IMAGE, traefikFlags } from '../lab/traefik.js'
import { importBoxImage } from '../support/box-image.js'
import { sqliteImage } from '../support/sqlite-image.js'
import { startRegistry, type Registry } from './registry.js'

/** What the animals of one zoo share besides their lab. */
export type Place = AsyncDisposable & {
  readonly lab: Lab
  /** What markers of recipes stand for, `__IMAGE_WEB__` and so on, by the lower-case name. */
  readonly images: Readonly<Record<'web' | 'notes' | 'postgres' | 'redis', string>>
  readonly ownPem: string
  /** host:port of a proxy without a certificate of its own; empty when no animal asks for it. */
  readonly bareGateway: string
  /** Folder for what animals need on disk. */
  readonly dir: string
  /** Takes the slow image off the engine now, and again at the end. */
  readonly forgetSlowImage: () => Promise<() => Promise<void>>
  /** Containers that a test left on purpose, and the volumes that they held. */
  readonly removeHolders: (name: string) => Promise<void>
}

/** An address where nobody listens: the discard port. */
const NOBODY = '127.0.0.1:9'

/** As much of an animal as tells what it needs. */
type Guest = { readonly name: string; readonly releases: unknown; readonly beside?: unknown }

/** Starts what these animals need. */
export async function openPlace(lab: Lab, animals: readonly Guest[]): Promise<Place> {
  const docker = dockerAt(lab.dockerHost)
  const all = JSON.stringify(animals.map(({ releases, beside }) => [releases, beside]))
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-zoo-'))
  const registry = /__IMAGE_(GONE|LIMITED|SLOW)__/.test(all) ? await startRegistry() : undefined
  const wantsBare = animals.some(({ name }) => name === 'proxy-certificate')
  const bare = wantsBare ? await startBareProxy(docker, lab) : undefined
  const built = await buildImages(docker, () => undefined)
  const sqlite = all.includes('__IMAGE_SQLITE__') ? { sqlite: await sqliteImage(built.web) } : {}
  const images = { ...built, ...sqlite, ...imagesAt(registry?.address) }
  if (all.includes('__IMAGE_SLOW__')) await fillSlow(docker, images.slow)
  const forget = () => succeeds(docker, ['image', 'rm', '--force', images.slow])
  return {
    lab,
    images,
    dir,
    ownPem: await selfSigned(dir),
    bareGateway: bare?.gateway ?? '',
    forgetSlowImage: async () => {
      await forget()
      return async () => {
        await forget()
      }
    },
    removeHolders: name => removeHolders(docker, name),
    [Symbol.asyncDispose]: async () => {
      await registry?.[Symbol.asyncDispose]()
      await bare?.[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function imagesAt(address: Registry['address'] = NOBODY) {
  return {
    gone: `${address}/zoo/gone:1`,
    limited: `${address}/limited/web:1`,
    slow: `${address}/slow/aide:1`,
    unreachable: `${NOBODY}/zoo/web:1`,
  }
}

async function fillSlow(docker: Docker, image: string): Promise<void> {
  await importBoxImage(image)
  await docker(['push', '--quiet', image])
}

async function selfSigned(dir: string): Promise<string> {
  const file = join(dir, 'own.pem')
  const subject = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const names = ['-subj', '/CN=own.test', '-addext', 'subjectAltName=DNS:*.test', '-days', '7']
  await execa('openssl', ['req', ...subject, ...names, '-keyout', file, '-out', `${file}.crt`])
  return `${await readFile(`${file}.crt`, 'utf8')}${await readFile(file, 'utf8')}`
}

/** A second Traefik on the same network, without any certificate. */
async function startBareProxy(docker: Docker, lab: Lab) {
  const name = `zoo-proxy-${lab.suffix.split('.')[0] ?? ''}`
  const flags = traefikFlags(lab.suffix)
    .filter(flag => !flag.includes('providers.file'))
    .map(flag => flag.replaceAll('$$', '$'))
  const where = ['--network', 'proxy', '--publish', '127.0.0.1::443']
  const mount = ['--volume', `${lab.dockerHost.replace('unix://', '')}:/var/run/docker.sock:ro`]
  const run = ['run', '--detach', '--rm', '--name', name, ...where, ...mount]
  await docker([...run, TRAEFIK_IMAGE, ...flags])
  const [published = ''] = await linesOf(docker, ['port', name, '443/tcp'])
  return {
    gateway: published,
    [Symbol.asyncDispose]: async () => {
      await docker(['rm', '--force', name])
    },
  }
}

async function removeHolders(docker: Docker, name: string): Promise<void> {
  const found = await linesOf(docker, ['ps', '--all', '--quiet', '--filter', `name=${name}`])
  for (const id of found) {
    const format = '{{range .Mounts}}{{.Name}}{{"\\n"}}{{end}}'
    const volumes = await linesOf(docker, ['inspect', '--format', format, id])
    await succeeds(docker, ['rm', '--force', id])
    for (const volume of volumes) await succeeds(docker, ['volume', 'rm', volume])
  }
}
