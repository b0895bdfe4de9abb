import {
  fieldsOf,
  isTrue,
  listOf,
  pairsOf,
  textOf,
  type Fields,
  type Texts,
} from './compose-shape.js'

/** A mount of a service. */
type ComposeMount = {
  readonly kind: 'volume' | 'bind' | 'tmpfs' | 'other'
  /** The compose file's own name of a named volume, or the host's path of a bind. */
  readonly source: string | undefined
  readonly target: string
  readonly readOnly: boolean
}

/** A secret or config as a service takes it. */
type ComposeGrant = { readonly source: string; readonly target: string }

/** One service as the merged compose files describe it, variables filled in. */
export type ComposeService = {
  readonly name: string
  readonly image: string | undefined
  /** Labels of the container. */
  readonly labels: Texts
  /** Labels of the Swarm service: where abra, Traefik and the backup bot look. */
  readonly deployLabels: Texts
  readonly environment: Texts
  readonly mounts: readonly ComposeMount[]
  readonly secrets: readonly ComposeGrant[]
  readonly configs: readonly ComposeGrant[]
  readonly networks: readonly string[]
  /** Undefined: none, or switched off. */
  readonly healthcheck: { readonly test: string; readonly fields: Texts } | undefined
  /** Undefined in global mode and when nothing is said. */
  readonly replicas: number | undefined
  readonly mode: 'replicated' | 'global'
}

const SHORT_MOUNT = /^(?:([^:]+):)?([^:]+)(?::([a-zA-Z,]+))?$/

/** Puts what several files say about a service together as Swarm's compose reader does: the later file wins. */
export function mergeServices(earlier: Fields, later: Fields): Fields {
  return {
    ...earlier,
    ...later,
    ...merged(['labels', 'environment'], [earlier, later], joinPairs),
    ...merged(['volumes', 'secrets', 'configs'], [earlier, later], joinLists),
    ...merged(['networks'], [earlier, later], joinNetworks),
    ...merged(['healthcheck'], [earlier, later], joinFields),
    ...merged(['deploy'], [earlier, later], joinDeploy),
  }
}

function merged(
  keys: readonly string[],
  [earlier, later]: readonly [Fields, Fields],
  join: (a: unknown, b: unknown) => unknown,
): Fields {
  const both = keys.filter(key => key in earlier && key in later)
  return Object.fromEntries(both.map(key => [key, join(earlier[key], later[key])]))
}

const joinPairs = (a: unknown, b: unknown): unknown => ({ ...pairsOf(a), ...pairsOf(b) })
const joinLists = (a: unknown, b: unknown): unknown => [...listOf(a), ...listOf(b)]
const joinFields = (a: unknown, b: unknown): unknown => ({ ...fieldsOf(a), ...fieldsOf(b) })
const joinNetworks = (a: unknown, b: unknown): unknown => [...namesOf(a), ...namesOf(b)]
const joinDeploy = (a: unknown, b: unknown): unknown => ({
  ...fieldsOf(a),
  ...fieldsOf(b),
  ...merged(['labels'], [fieldsOf(a), fieldsOf(b)], joinPairs),
})

/** Reads a merged service. */
export function serviceOf(name: string, fields: Fields): ComposeService {
  const deploy = fieldsOf(fields['deploy'])
  const mode = deploy['mode'] === 'global' ? 'global' : 'replicated'
  const replicas = /^\d+$/.exec(textOf(deploy['replicas']) ?? '')?.[0]
  return {
    name,
    image: textOf(fields['image']),
    labels: pairsOf(fields['labels']),
    deployLabels: pairsOf(deploy['labels']),
    environment: pairsOf(fields['environment']),
    mounts: lastByTarget(listOf(fields['volumes']).flatMap(mountOf)),
    secrets: lastByTarget(listOf(fields['secrets']).flatMap(grantOf)),
    configs: lastByTarget(listOf(fields['configs']).flatMap(grantOf)),
    networks: [...new Set(namesOf(fields['networks']))],
    healthcheck: healthcheckOf(fieldsOf(fields['healthcheck'])),
    replicas: mode === 'global' || replicas === undefined ? undefined : Number(replicas),
    mode,
  }
}

function mountOf(value: unknown): ComposeMount[] {
  if (typeof value === 'string') return shortMount(value)
  const fields = fieldsOf(value)
  const target = textOf(fields['target'])
  if (target === undefined) return []
  const type = textOf(fields['type'])
  const kind = type === 'volume' || type === 'bind' || type === 'tmpfs' ? type : 'other'
  return [{ kind, source: textOf(fields['source']), target, readOnly: isTrue(fields['read_only']) }]
}

function shortMount(text: string): ComposeMount[] {
  const [, source, target, flags = ''] = SHORT_MOUNT.exec(text) ?? []
  if (target === undefined) return []
  const kind = source !== undefined && /^[./~]/.test(source) ? 'bind' : 'volume'
  return [{ kind, source, target, readOnly: flags.split(',').includes('ro') }]
}

function grantOf(value: unknown): ComposeGrant[] {
  const source = textOf(value) ?? textOf(fieldsOf(value)['source'])
  if (source === undefined) return []
  return [{ source, target: textOf(fieldsOf(value)['target']) ?? source }]
}

function lastByTarget<Item extends { readonly target: string }>(items: readonly Item[]): Item[] {
  return [...new Map(items.map(item => [item.target, item])).values()]
}

function namesOf(value: unknown): string[] {
  return Array.isArray(value) ? listOf(value).map(String) : Object.keys(fieldsOf(value))
}

function healthcheckOf(fields: Fields): ComposeService['healthcheck'] {
  const { test, ...others } = fields
  const words = Array.isArray(test) ? listOf(test).map(String) : [textOf(test) ?? '']
  if (isTrue(others['disable']) || words[0] === 'NONE' || words.join('') === '') return undefined
  return { test: words.join(' '), fields: pairsOf(others) }
}
