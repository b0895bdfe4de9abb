import type { CanarySkip, Meta, ReadyProbe } from '../domain/meta.js'
import { nearest } from '../domain/nearest.js'
import { ENV_NAME } from './env-name.js'

/** Where in the document a value stands. */
export type Path = readonly (string | number)[]

/** A value of the wrong kind, before it is known where in the file it stands. */
export class Mismatch extends Error {
  readonly path: Path
  readonly expected: string

  constructor(path: Path, expected: string, found: unknown) {
    super(`expected ${expected}, found ${described(found)}`)
    this.path = path
    this.expected = expected
  }
}

/** Turns a value of the document into a setting, or throws a {@link Mismatch}. */
export type Reader<Value> = (found: unknown, path: Path) => Value

function described(found: unknown): string {
  if (found === null || found === undefined) return 'nothing'
  if (Array.isArray(found)) return 'a list'
  if (typeof found === 'object') return 'a map'
  if (typeof found === 'string') return `the text ${JSON.stringify(found.slice(0, 60))}`
  return `${typeof found === 'boolean' ? 'the boolean' : 'the number'} ${JSON.stringify(found)}`
}

export const text: Reader<string> = (found, path) => {
  if (typeof found === 'string' && found.trim() !== '') return found
  throw new Mismatch(path, 'a text', found)
}

export const flag: Reader<boolean> = (found, path) => {
  if (typeof found === 'boolean') return found
  throw new Mismatch(path, 'true or false', found)
}

function whole(least: number, most: number): Reader<number> {
  return (found, path) => {
    if (typeof found === 'number' && Number.isInteger(found) && found >= least && found <= most)
      return found
    throw new Mismatch(path, `a whole number from ${least} to ${most}`, found)
  }
}

function listOf<Value>(each: Reader<Value>, what: string): Reader<readonly Value[]> {
  return (found, path) => {
    if (!Array.isArray(found)) throw new Mismatch(path, `a list of ${what}`, found)
    return found.map((item: unknown, place) => each(item, [...path, place]))
  }
}

function mapOf<Value>(
  each: (found: unknown, path: Path, key: string) => Value,
  what: string,
): Reader<Readonly<Record<string, Value>>> {
  return (found, path) => {
    const entries = Object.entries(asMap(found, path, what))
    return Object.fromEntries(
      entries.map(([key, value]) => [key, each(value, [...path, key], key)]),
    )
  }
}

function asMap(found: unknown, path: Path, what: string): Record<string, unknown> {
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new Mismatch(path, what, found)
  return found as Record<string, unknown>
}

const STATUS = whole(100, 599)
const STATUSES = 'HTTP statuses, as in [200, 302]'
export const statuses: Reader<readonly number[]> = (found, path) => {
  const list = listOf(STATUS, STATUSES)(found, path)
  if (list.length === 0) throw new Mismatch(path, `at least one of ${STATUSES}`, found)
  return list
}

export const seconds: Reader<number> = (found, path) => whole(1, 86_400)(found, path) * 1000

export const urlPath: Reader<string> = (found, path) => {
  if (typeof found === 'string' && /^\/[^\s\p{Cc}]*$/u.test(found)) return found
  throw new Mismatch(path, 'a path that begins with /', found)
}

export const envValues = mapOf((found, path, key) => {
  if (!ENV_NAME.test(key)) throw new Mismatch(path, 'the name of an environment variable', key)
  if (typeof found !== 'string') throw new Mismatch(path, 'a text (quote it)', found)
  if (/[\r\n\0]/.test(found)) throw new Mismatch(path, 'a text of one line', found)
  return found
}, 'a map of names to texts')

export const recipeNames = listOf((found, path) => {
  if (typeof found === 'string' && /^[a-z0-9][a-z0-9_.-]{0,62}$/.test(found)) return found
  throw new Mismatch(path, 'the name of a recipe', found)
}, 'recipes')

const NA_RUNGS = ['upgrade', 'backup_restore', 'functional']

export const notApplicable: Reader<Meta['expectedNa']> = mapOf((found, path, key) => {
  if (!NA_RUNGS.includes(key)) throw new Mismatch(path, oneOf(key, NA_RUNGS), key)
  if (typeof found === 'string' && found.trim() !== '') return found
  throw new Mismatch(path, 'the reason as a text', found)
}, 'a map of rungs to reasons')

export const canarySkips = mapOf((found, path): CanarySkip => {
  if (found === false) return { skip: 'switched off by the recipe' }
  const { skip, ...others } = asMap(found, path, 'false or {skip: reason}')
  refuseOthers(others, ['skip'], path)
  return { skip: text(skip, [...path, 'skip']) }
}, 'a map of volumes and services to false or {skip: reason}')

const PROBE_KEYS = ['http', 'status', 'tcp', 'host', 'service', 'successes']
const PORT = whole(1, 65_535)

export const readyProbes = listOf((found, path): ReadyProbe => {
  const probe = asMap(found, path, '{http: path} or {tcp: port}')
  const at = (key: string): Path => [...path, key]
  const isHttp = 'http' in probe
  if (isHttp === 'tcp' in probe) throw new Mismatch(path, 'either http or tcp', found)
  const allowed = isHttp ? ['http', 'status', 'successes'] : ['tcp', 'host', 'service', 'successes']
  refuseOthers(omit(probe, allowed), PROBE_KEYS, path)
  const successes =
    probe['successes'] === undefined ? 1 : whole(1, 100)(probe['successes'], at('successes'))
  if (isHttp) {
    const status = probe['status'] === undefined ? [200] : statuses(probe['status'], at('status'))
    return { kind: 'http', path: urlPath(probe['http'], at('http')), status, successes }
  }
  const optional = (key: string): string | undefined =>
    probe[key] === undefined ? undefined : text(probe[key], at(key))
  const port = PORT(probe['tcp'], at('tcp'))
  return { kind: 'tcp', port, host: optional('host'), service: optional('service'), successes }
}, 'probes, as in [{http: /ready}, {tcp: 64738, successes: 3}]')

function refuseOthers(others: object, known: readonly string[], path: Path): void {
  const [other] = Object.keys(others)
  if (other !== undefined) throw new Mismatch([...path, other], oneOf(other, known), other)
}

function oneOf(key: string, known: readonly string[]): string {
  return `one of ${known.join(', ')} (nearest: ${nearest(key, known) ?? ''})`
}

function omit(map: Record<string, unknown>, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)))
}
