import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { Fatal } from '../log.mjs'

const NAME = '[A-Za-z_][A-Za-z0-9_]*'
const VARIABLE = new RegExp(
  `\\$(?:(?<dollar>\\$)|\\{(?<braced>${NAME})(?:(?<operator>:?[-?])(?<operand>[^}]*))?\\}|(?<bare>${NAME}))`,
  'g',
)

/** Fills in variables as compose does; defaults are not filled in themselves. */
export const interpolate = (text, env) =>
  text.replace(VARIABLE, (...found) => valueOf(found.at(-1), env))

function valueOf({ dollar, braced, operator, operand, bare }, env) {
  if (dollar) return '$'
  const value = env[braced ?? bare]
  const isMissing = operator?.startsWith(':') ? !value : value === undefined
  if (!isMissing || !operator) return value ?? ''
  if (operator.endsWith('-')) return operand
  throw new Fatal(`required variable ${braced} is missing a value: ${operand}`)
}

function fill(node, env) {
  if (typeof node === 'string') return interpolate(node, env)
  if (Array.isArray(node)) return node.map(item => fill(item, env))
  if (node === null || typeof node !== 'object') return node
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value, env)]))
}

/** A list of `k=v`, or a map, as a map of strings. */
export function asMap(node) {
  const pairs = Array.isArray(node)
    ? node.map(item => [String(item).split('=')[0], String(item).split('=').slice(1).join('=')])
    : Object.entries(node ?? {}).map(([key, value]) => [key, value === null ? '' : String(value)])
  return Object.fromEntries(pairs)
}

/** What the compose files say together, as far as abra itself looks at it. */
export function loadCompose(files, env) {
  const documents = files.map(file => readDocument(file, env))
  const services = {}
  for (const document of documents) {
    for (const [name, service] of Object.entries(document.services ?? {})) {
      services[name] = mergeService(services[name], service ?? {})
    }
  }
  return {
    version: documents[0]?.version,
    versions: documents.map(document => document.version),
    services,
    secrets: Object.assign({}, ...documents.map(document => document.secrets ?? {})),
    configs: Object.assign({}, ...documents.map(document => document.configs ?? {})),
  }
}

function readDocument(file, env) {
  try {
    return fill(parse(readFileSync(file, 'utf8')) ?? {}, env)
  } catch (error) {
    if (error instanceof Fatal) throw error
    throw new Fatal(`unable to load ${file}: ${error.message}`)
  }
}

const nameOf = entry => (typeof entry === 'string' ? entry : entry.source)

function mergeService(before = { secrets: [] }, service) {
  return {
    image: service.image ?? before.image,
    healthcheck: service.healthcheck ?? before.healthcheck,
    labels: { ...before.labels, ...asMap(service.deploy?.labels) },
    environment: { ...before.environment, ...asMap(service.environment) },
    secrets: [...before.secrets, ...(service.secrets ?? []).map(nameOf)],
  }
}

/** The external secrets that services use: their key, their name in the swarm, and the version in it. */
export function usedSecrets(compose) {
  const used = new Set(Object.values(compose.services).flatMap(service => service.secrets))
  return Object.entries(compose.secrets)
    .filter(([key]) => used.has(key))
    .map(([key, { name }]) => {
      if (!name || name.endsWith('_'))
        throw new Fatal(`missing version for secret? (${name ?? key})`)
      if (name.length > 64)
        throw new Fatal(`secret name ${name} is too long (must be 64 characters max)`)
      return { key, name, version: name.slice(name.lastIndexOf('_') + 1) }
    })
}
