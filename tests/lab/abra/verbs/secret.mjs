import { Buffer } from 'node:buffer'
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { composeFiles, deployEnv, readApp } from '../app.mjs'
import { behaviour } from '../behaviours.mjs'
import { Failed, Fatal, info, warn } from '../log.mjs'
import { loadCompose, usedSecrets } from '../recipe/compose.mjs'
import { ensureTree } from '../recipe/ensure.mjs'
import { call, remove as removeFromEngine } from '../swarm/engine.mjs'
import { secrets } from '../swarm/stack.mjs'
import { printJson, printTable } from '../terminal.mjs'

const print = (flags, headings, rows) => (flags.machine ? printJson : printTable)(headings, rows)

export async function generate({ args: [domain, name, version], flags }) {
  const app = readApp(domain)
  await ensureTree(app, flags)
  if (!flags.all && !version) throw new Fatal("missing arguments [secret]/[version] or '--all'")
  if (flags.all && name) throw new Fatal("cannot use '[secret] [version]' and '--all' together")
  const wanted = flags.all ? undefined : { name, version }
  const made = await generateAll(app, { wanted })
  if (made.length === 0) return
  print(
    flags,
    ['name', 'value'],
    made.map(one => [one.key, one.value]),
  )
  warn('generated secrets are NOT shown again, please take note of them NOW')
}

/** Makes the secrets that are not there yet; those of `wanted` alone if it is given. */
export async function generateAll(app, { wanted } = {}) {
  const known = declared(app)
  if (wanted && !known.some(one => one.key === wanted.name)) {
    throw new Fatal(`${wanted.name} doesn't exist in the env config?`)
  }
  const chosen = wanted
    ? [
        {
          ...known.find(one => one.key === wanted.name),
          name: `${app.stack}_${wanted.name}_${wanted.version}`,
        },
      ]
    : known.filter(one => one.modifiers['generate'] !== 'false')
  const made = []
  for (const one of chosen) {
    const value = makeValue(one.modifiers)
    if (await store(one.name, value)) made.push({ ...one, value })
    else warn(`${one.name} already exists`)
  }
  if (made.length > 0) return made
  warn('no secrets generated')
  const form = behaviour(chosen.length === 0 ? 'NO_SECRETS' : 'ALL_SECRETS_EXIST')
  if (form === 'fail') throw new Failed()
  return []
}

/** The secrets that the recipe's services use, with the comments of the .env that steer their making. */
function declared(app) {
  const env = deployEnv(app)
  return usedSecrets(loadCompose(composeFiles(app.recipe, env), env)).map(one => ({
    ...one,
    modifiers: app.modifiers[`SECRET_${one.key.toUpperCase()}_VERSION`] ?? {},
  }))
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const CHARSETS = {
  default: LETTERS,
  special: `${LETTERS}!@#$%^&*_-+=`,
  safespecial: `${LETTERS}!@#%^&*_-+=`,
  hex: '0123456789abcdef',
}

const pick = (characters, count) =>
  Array.from({ length: count }, () => characters[randomInt(characters.length)]).join('')

/** Four words, or as many characters as the comment in the .env asks for. */
function makeValue({ length, charset = 'default' }) {
  if (!CHARSETS[charset]) throw new Fatal(`unknown charset ${charset}`)
  if (length) return pick(CHARSETS[charset], Number(length))
  return Array.from({ length: 4 }, () => pick('abcdefghijklmnopqrstuvwxyz', 6)).join('-')
}

/** False when a secret of that name exists: secrets can not change. */
async function store(name, value) {
  const { status, message } = await call('POST', '/secrets/create', {
    Name: name,
    Data: Buffer.from(value).toString('base64'),
  })
  if (status === 409) return false
  if (status >= 400) throw new Fatal(message)
  return true
}

export async function insert({ args: [domain, name, version, data], flags }) {
  const app = readApp(domain)
  await ensureTree(app, flags)
  if (data === undefined) throw new Fatal('no data provided')
  const raw = flags.file ? readFileSync(data, 'utf8') : data
  const full = `${app.stack}_${name}_${version}`
  if (!(await store(full, flags.trim ? raw.trim() : raw))) {
    throw new Fatal(`rpc error: code = AlreadyExists desc = secret ${full} already exists`)
  }
  info(`${full} successfully stored on server`)
}

export async function list({ args: [domain], flags }) {
  const app = readApp(domain)
  await ensureTree(app, flags)
  const present = (await secrets(app.stack)).map(secret => secret.Spec.Name)
  const rows = declared(app).map(one => [
    one.key,
    one.version,
    one.name,
    String(present.includes(one.name)),
  ])
  if (rows.length === 0) return warn(`no secrets stored for ${domain}`)
  print(flags, ['name', 'version', 'generated name', 'created on server'], rows)
}

export async function remove({ args: [domain, name], flags }) {
  const app = readApp(domain)
  await ensureTree(app, flags)
  if (flags.all && name) throw new Fatal("cannot use '[secret]' and '--all' together")
  if (!flags.all && !name) throw new Fatal('no secret(s) specified?')
  const present = await secrets(app.stack)
  const known = declared(app).filter(one => flags.all || one.key === name)
  const doomed = present.filter(secret => known.some(one => one.name === secret.Spec.Name))
  if (doomed.length === 0) {
    throw new Fatal(flags.all ? 'no secrets to remove?' : `${name} doesn't exist on server?`)
  }
  for (const secret of doomed) {
    await removeFromEngine(`/secrets/${secret.ID}`)
    info(`deleted ${secret.Spec.Name} successfully from server`)
  }
}
