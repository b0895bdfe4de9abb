import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cataloguePath, recipeDir } from '../abra-dir.mjs'
import { composeFiles } from '../app.mjs'
import { parseEnv, readExports } from '../env-file.mjs'
import { loadCompose } from './compose.mjs'
import { allTags, remoteUrl } from './tree.mjs'

const tagOf = image => /:([^/:]+)$/.exec(image.split('@')[0])?.[1]
const all = (facts, test) => Object.values(facts.compose.services).every(test)

// prettier-ignore
const RULES = [
  ['R001', 'warn', 'compose config has expected version', "ensure 'version: \"3.8\"' in compose configs",
    facts => facts.compose.versions.every(version => String(version) === '3.8')],
  ['R002', 'warn', 'healthcheck enabled for all services', 'wire up healthchecks',
    facts => all(facts, service => service.healthcheck && service.healthcheck.disable !== true)],
  ['R003', 'warn', 'all images use a tag', 'use a tag for all images',
    facts => all(facts, service => tagOf(service.image ?? '') !== undefined)],
  ['R004', 'warn', 'no unstable tags', 'tag all images with stable tags',
    facts => all(facts, service => tagOf(service.image ?? '') !== 'latest')],
  ['R005', 'warn', 'tags use semver-like format', 'use semver-like tags',
    facts => all(facts, service => /^v?\d+(\.\d+){0,2}/.test(tagOf(service.image ?? '') ?? ''))],
  ['R006', 'warn', 'has published catalogue version', 'publish a recipe version to the catalogue',
    facts => facts.isInCatalogue],
  ['R007', 'warn', 'README.md metadata filled in', 'fill out all the metadata',
    facts => ['Category', 'Image', 'Healthcheck', 'Backups', 'Email', 'Tests', 'SSO'].every(key => new RegExp(`\\*\\*${key}\\*\\*: *\\S`).test(facts.readme))],
  ['R008', 'error', '.env.sample provided', 'create an example .env.sample',
    facts => facts.sample !== undefined],
  ['R009', 'error', "one service named 'app'", "name a service 'app'",
    facts => 'app' in facts.compose.services],
  ['R010', 'error', 'traefik routing enabled', 'include "traefik.enable=true" deploy label',
    facts => !all(facts, service => service.labels['traefik.enable'] !== 'true'),
    facts => facts.sample?.['DOMAIN'] === undefined],
  ['R011', 'error', 'all services have images', 'ensure "image: ..." set on all services',
    facts => all(facts, service => Boolean(service.image))],
  ['R012', 'error', 'config version are vendored', 'vendor config versions in an abra.sh',
    facts => Object.values(facts.compose.configs).every(({ name }) => !name?.endsWith('_'))],
  ['R013', 'warn', 'git.coopcloud.tech repo exists', 'upload your recipe to git.coopcloud.tech/coop-cloud/...',
    facts => facts.remote.startsWith('https://git.coopcloud.tech/')],
  ['R014', 'error', 'only annotated tags used for recipe version', 'replace lightweight tag with annotated tag',
    facts => facts.tags.every(tag => tag.annotated)],
  ['R015', 'warn', 'long secret names', 'reduce length of secret names to 12 chars',
    facts => Object.keys(facts.compose.secrets).every(name => name.length <= 12)],
]

/** Every rule with what came of it, as the tree stands. */
export async function applyRules(recipe) {
  const facts = await readFacts(recipe)
  return RULES.map(([ref, severity, about, resolve, satisfied, skip]) => {
    const isSkipped = skip?.(facts) === true
    return {
      ref,
      severity,
      about,
      resolve,
      isSkipped,
      isSatisfied: !isSkipped && Boolean(satisfied(facts)),
    }
  })
}

/** The rules of severity error that are broken: they stop a deploy that is no chaos. */
export async function lintErrors(recipe) {
  const rows = await applyRules(recipe)
  return rows.filter(row => row.severity === 'error' && !row.isSatisfied && !row.isSkipped)
}

async function readFacts(recipe) {
  const read = name => {
    const file = join(recipeDir(recipe), name)
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined
  }
  const text = read('.env.sample')
  const sample = text === undefined ? undefined : parseEnv(text).env
  const env = { STACK_NAME: recipe, ...sample, ...readExports(read('abra.sh') ?? '') }
  return {
    sample,
    readme: read('README.md') ?? '',
    compose: loadCompose(composeFiles(recipe, env), env),
    tags: await allTags(recipe),
    remote: await remoteUrl(recipe),
    isInCatalogue: isInCatalogue(recipe),
  }
}

function isInCatalogue(recipe) {
  const file = cataloguePath()
  if (!existsSync(file)) return false
  return (JSON.parse(readFileSync(file, 'utf8'))[recipe]?.versions ?? []).length > 0
}
