import { randomInt } from 'node:crypto'
import { dockerAt, succeeds, type Docker } from '../lab/docker.js'
import { until } from '../support/lives/processes.js'
import type { Place } from './place.js'

type Undo = () => Promise<void>

/** Of a /29 Swarm keeps one for the gateway. */
const USABLE = 5
const TRIES = 20
const GONE_MS = 30_000

/** The suffix of the lab as names of networks may have it, in a hook. */
const OF_LAB = '$(echo "${APP_DOMAIN#*.}" | tr . -)'

/** How a hook names the narrow network, or the full disk, of its lab. */
export const narrow = (left: number): string => `zoo-narrow-${left}-${OF_LAB}`
export const FULL = `zoo-full-${OF_LAB}`

/**
 * An edge network of /29 whose addresses are used up but for some: a service takes one for itself, without any task.
 */
export async function narrowNetwork(
  { lab, images }: Pick<Place, 'lab' | 'images'>,
  left: number,
): Promise<Undo> {
  const docker = dockerAt(lab.dockerHost)
  const name = `zoo-narrow-${left}-${lab.suffix.replaceAll('.', '-')}`
  const held = Array.from({ length: USABLE - left }, (_, n) => `${name}-${n}`)
  await createSomewhere(docker, name)
  for (const service of held) {
    const words = ['--detach', '--replicas', '0', '--no-resolve-image', '--network', name]
    await docker(['service', 'create', '--name', service, ...words, images.web])
  }
  return async () => {
    if (held.length > 0) await docker(['service', 'rm', ...held])
    // Once Swarm has forgotten the last service on it.
    const gone = () => succeeds(docker, ['network', 'rm', name])
    await until(gone, `the end of the network "${name}"`, GONE_MS)
  }
}

/** Other labs of this machine may hold any of these ranges. */
async function createSomewhere(docker: Docker, name: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const subnet = `10.203.${randomInt(256)}.${8 * randomInt(32)}/29`
    const create = ['network', 'create', '--driver', 'overlay', '--subnet', subnet, name]
    if (await succeeds(docker, create)) return
    if (tries === TRIES) throw new Error(`Cannot create "${name}": ${await why(docker, create)}`)
  }
}

async function why(docker: Docker, words: readonly string[]): Promise<string> {
  return docker(words).catch((error: unknown) => String(error))
}

/** A volume of the host on a file system of its own, too small for what an image has to put there. */
export async function fullDisk({ lab }: Pick<Place, 'lab'>): Promise<Undo> {
  const docker = dockerAt(lab.dockerHost)
  const name = `zoo-full-${lab.suffix.replaceAll('.', '-')}`
  const small = ['--opt', 'type=tmpfs', '--opt', 'device=tmpfs', '--opt', 'o=size=64k']
  await docker(['volume', 'create', ...small, name])
  return async () => {
    await docker(['volume', 'rm', name])
  }
}
