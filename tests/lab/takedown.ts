import { setTimeout as sleep } from 'node:timers/promises'
import { OWNER_LABEL } from './bot.js'
import { linesOf, succeeds, type Docker } from './docker.js'

type Kind = 'service' | 'container' | 'network' | 'volume' | 'secret' | 'config'
type Thing = { readonly kind: Kind; readonly id: string; readonly name: string }

const GONE_LIMIT_MS = 60_000
const IMAGES = 'recipe-ci-lab/*'

/** Takes one stack down. */
export function removeStack(docker: Docker, stack: string): Promise<void> {
  return removeAll(docker, name => name.startsWith(`${stack}_`))
}

/** Takes down whatever the runs of a lab left: every stack whose domain ends in the lab's suffix. */
export function removeApps(docker: Docker, suffix: string): Promise<void> {
  const part = `_${suffix.replaceAll('.', '_')}_`
  return removeAll(docker, name => name.includes(part))
}

/** Suffixes of labs that `owner` made here and that are none of the known ones. */
export async function forgottenSuffixes(
  docker: Docker,
  { owner, known }: { readonly owner: string; readonly known: readonly string[] },
): Promise<string[]> {
  const ask = [
    'service',
    'ls',
    '--filter',
    `label=${OWNER_LABEL}=${owner}`,
    '--format',
    '{{.Name}}',
  ]
  return (await linesOf(docker, ask))
    .flatMap(name => /^traefik-(lab-[0-9a-f]{6})_/.exec(name)?.[1] ?? [])
    .map(word => `${word}.test`)
    .filter(suffix => !known.includes(suffix))
}

/** Removes the images of the labs, but for those that someone else made containers from. */
export async function removeImages(docker: Docker): Promise<void> {
  const ask = ['image', 'ls', '--filter', `reference=${IMAGES}`, '--format']
  const images = await linesOf(docker, [...ask, '{{.Repository}}:{{.Tag}}'])
  // The base goes last: an image can not go before those that are made from it.
  const [bases, others] = partition(images, image => image.includes('/base:'))
  for (const image of [...others, ...bases]) await succeeds(docker, ['image', 'rm', image])
}

/** The names of all that is on an engine, whoever made it; volumes without a name do not count. */
export async function everything(docker: Docker): Promise<string[]> {
  const kinds = ['service', 'container', 'volume'] as const
  const found = await Promise.all(kinds.map(kind => list(docker, kind)))
  return found
    .flat()
    .map(({ name }) => name)
    .filter(name => !/^[0-9a-f]{64}$/.test(name))
}

/** Each kind in turn; those of one line may go together. */
const ORDER: readonly (readonly Kind[])[] = [
  ['service'],
  ['container'],
  ['network', 'volume', 'secret', 'config'],
]

/**
 * Services first, then their containers by force, then the rest: in this order the overlay networks get their addresses
 * back. A task that was on its way may bring one more container, and a network stays in use for a moment: so it begins
 * anew until nothing is found.
 */
async function removeAll(docker: Docker, ours: (name: string) => boolean): Promise<void> {
  const until = Date.now() + GONE_LIMIT_MS
  for (;;) {
    const found = await firstFound(docker, ours)
    if (found.length === 0) return
    if (Date.now() > until)
      throw new Error(`Cannot remove within a minute: ${found.map(({ name }) => name).join(', ')}`)
    for (const { kind, id } of found) await succeeds(docker, [...REMOVE[kind], id])
    await sleep(50)
  }
}

async function firstFound(docker: Docker, ours: (name: string) => boolean): Promise<Thing[]> {
  for (const kinds of ORDER) {
    const all = await Promise.all(kinds.map(kind => list(docker, kind)))
    const found = all.flat().filter(({ name }) => ours(name))
    if (found.length > 0) return found
  }
  return []
}

const REMOVE: Readonly<Record<Kind, readonly string[]>> = {
  service: ['service', 'rm'],
  container: ['rm', '--force', '--volumes'],
  network: ['network', 'rm'],
  volume: ['volume', 'rm'],
  secret: ['secret', 'rm'],
  config: ['config', 'rm'],
}
const FORMATS: Readonly<Record<Kind, string>> = {
  service: '{{.ID}} {{.Name}}',
  container: '{{.ID}} {{.Names}}',
  network: '{{.ID}} {{.Name}}',
  volume: '{{.Name}} {{.Name}}',
  secret: '{{.ID}} {{.Name}}',
  config: '{{.ID}} {{.Name}}',
}
const SWARM_KINDS: readonly Kind[] = ['service', 'secret', 'config']

async function list(docker: Docker, kind: Kind): Promise<Thing[]> {
  const all = kind === 'container' ? ['--all'] : []
  const ask = [kind, 'ls', ...all, '--format', FORMATS[kind]]
  // An engine that is in no swarm has none of these.
  const lines = await linesOf(docker, ask).catch((error: unknown) => {
    if (SWARM_KINDS.includes(kind) && String(error).includes('not a swarm manager')) return []
    throw error
  })
  return lines.map(line => {
    const [id = '', name = ''] = line.split(' ')
    return { kind, id, name }
  })
}

function partition<T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter(one => !test(one))]
}
