import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { recipeDir } from '../abra-dir.mjs'
import { composeFiles, deployEnv, readApp } from '../app.mjs'
import { behaviour } from '../behaviours.mjs'
import { runChild } from '../child.mjs'
import { parseEnv, writeVersion } from '../env-file.mjs'
import { Fatal, info, print, warn } from '../log.mjs'
import { loadCompose, usedSecrets } from '../recipe/compose.mjs'
import { ensureReady, envVersion, moveTree } from '../recipe/ensure.mjs'
import { lintErrors } from '../recipe/lint-rules.mjs'
import { compareVersions, isVersion } from '../recipe/tags.mjs'
import { chaosVersion, versions } from '../recipe/tree.mjs'
import { overrideFile } from '../swarm/override.mjs'
import { readDeployment, secrets } from '../swarm/stack.mjs'
import { waitForStack } from '../swarm/wait.mjs'
import { confirm, wantTerminalForWait } from '../terminal.mjs'

export async function deploy({ args: [domain, asked], flags }) {
  const app = readApp(domain)
  if (asked && flags.chaos && behaviour('VERSION_CHAOS') === 'fatal') {
    throw new Fatal('cannot use [version] and --chaos together')
  }
  await ensureReady(app.recipe, flags)
  const deployment = await readDeployment(app.stack)
  if (deployment.isDeployed && !flags.force && !flags.chaos) {
    throw new Fatal(`${domain} is already deployed`)
  }
  const version = await settleVersion(app, { asked, flags })
  await putUp(app, { version, flags, deployment })
}

/** With chaos the tree as it stands; else the version asked for, that of the .env, or the newest tag. */
async function settleVersion(app, { asked, flags }) {
  if (flags.chaos) return chaosVersion(app.recipe)
  const wanted = asked ?? (flags.latest ? undefined : envVersion(app))
  return (await moveTree(app.recipe, wanted)) ?? chaosVersion(app.recipe)
}

/** Only between published versions: the newest above what is deployed, unless one is named. */
export async function upgrade({ args: [domain, asked], flags }) {
  const app = readApp(domain)
  await ensureReady(app.recipe, flags)
  const deployment = await deployedOrFatal(app)
  const newer = (await versions(app.recipe)).filter(one => isAbove(one, deployment.version))
  const version = asked ?? newer.at(-1)
  if (version === undefined) return info('no available upgrades')
  if (!newer.includes(version)) throw new Fatal(`${version} is not an upgrade for ${domain}?`)
  await moveTree(app.recipe, version)
  printNotes(
    app,
    newer.filter(one => compareVersions(one, version) <= 0),
  )
  if (flags.releasenotes) return
  await putUp(app, { version, flags, deployment })
}

export async function rollback({ args: [domain, asked], flags }) {
  const app = readApp(domain)
  await ensureReady(app.recipe, flags)
  const deployment = await deployedOrFatal(app)
  const older = (await versions(app.recipe)).filter(
    one => isVersion(deployment.version) && compareVersions(one, deployment.version) < 0,
  )
  const version = asked ?? older.at(-1)
  if (version === undefined) return info('no available downgrades')
  if (!older.includes(version)) throw new Fatal(`${version} is not a downgrade for ${domain}?`)
  await moveTree(app.recipe, version)
  await putUp(app, { version, flags, deployment })
}

const isAbove = (version, deployed) =>
  !isVersion(deployed) || compareVersions(version, deployed) > 0

async function deployedOrFatal(app) {
  const deployment = await readDeployment(app.stack)
  if (!deployment.isDeployed) throw new Fatal(`${app.domain} is not deployed?`)
  return deployment
}

function printNotes(app, passed) {
  for (const version of passed) {
    const file = join(recipeDir(app.recipe), 'release', version)
    if (existsSync(file)) print(`${version}:\n${readFileSync(file, 'utf8')}`)
  }
}

async function putUp(app, { version, flags, deployment }) {
  const chaos = flags.chaos === true
  await checkLint(app, chaos)
  const env = deployEnv(app)
  const files = composeFiles(app.recipe, env)
  const compose = loadCompose(files, env)
  await checkSecrets(app, compose)
  warnAboutEnv(app)
  checkDomain(env, flags)
  print(`DEPLOY OVERVIEW\n  app: ${app.domain}\n  recipe: ${app.recipe}\n  server: ${app.server}`)
  print(`  current: ${deployment.version}\n  new: ${version}\n  chaos: ${chaos}`)
  await confirm('proceed?', { noInput: flags.noInput || flags.force })
  if (behaviour('FAILED_TYPE') === 'written') writeVersion(app.path, app.recipe, version)
  await deployStack(app, {
    env,
    files,
    override: overrideFile(compose, { app, env, version, chaos }),
  })
  warnAboutImages(compose)
  if (!flags.noConvergeChecks) {
    wantTerminalForWait()
    await waitForStack(app.stack, {
      timeoutSeconds: timeoutOf(app, compose),
      before: updatesOf(deployment),
    })
  }
  writeVersion(app.path, app.recipe, version)
}

async function checkLint(app, chaos) {
  const [error] = await lintErrors(app.recipe)
  if (error === undefined) return
  const text = `lint error in ${app.recipe} configs: "${error.about}" failed lint checks (${error.ref})`
  if (!chaos) throw new Fatal(text)
  warn(text)
}

async function checkSecrets(app, compose) {
  const present = (await secrets(app.stack)).map(secret => secret.Spec.Name)
  const missing = usedSecrets(compose).filter(({ name }) => !present.includes(name))
  if (missing.length === 0) return
  throw new Fatal(
    `unable to deploy, secrets not generated (${missing.map(({ key }) => key).join(', ')})`,
  )
}

function warnAboutEnv(app) {
  const sample = join(recipeDir(app.recipe), '.env.sample')
  if (!existsSync(sample)) return
  const { env } = parseEnv(readFileSync(sample, 'utf8'))
  for (const name of Object.keys(env)) {
    if (!Object.hasOwn(app.env, name)) warn(`${name} missing from ${app.domain}.env`)
  }
}

/** A name of a private network does not resolve. Looked up in /etc/hosts alone: a test asks no name server. */
function checkDomain(env, flags) {
  const domain = env['DOMAIN']
  if (!domain || flags.noDomainChecks || behaviour('DOMAIN_CHECK') === 'skip') return
  const known = existsSync('/etc/hosts') ? readFileSync('/etc/hosts', 'utf8').split(/\s+/) : []
  if (!known.includes(domain)) throw new Fatal(`unable to resolve DNS for ${domain}: no such host`)
}

/** What newer docker command lines say at every deploy; abra does not use them and says nothing. */
const NOTICE = /^(Since --detach=false|In a future release, --detach).*$\n?/gm

async function deployStack(app, { env, files, override }) {
  const passed = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|DOCKER_.*)$/.test(name),
  )
  const argv = ['docker', 'stack', 'deploy', '--resolve-image', 'never']
  const given = [...files, '-'].flatMap(file => ['-c', file])
  const { code, stdout, stderr } = await runChild([...argv, ...given, app.stack], {
    env: { ...env, ...Object.fromEntries(passed) },
    cwd: recipeDir(app.recipe),
    stdin: override,
  })
  if (stdout.trim() !== '') print(stdout.trim())
  if (code !== 0) throw new Fatal(stderr.replace(NOTICE, '').trim())
}

/** No registry is asked: images that exist only here run by their tag, with the warning that abra gives then. */
function warnAboutImages(compose) {
  if (behaviour('LOCAL_IMAGE') === 'silent') return
  for (const { image } of Object.values(compose.services)) {
    warn(`image ${image} could not be accessed on a registry to record its digest`)
  }
}

function timeoutOf(app, compose) {
  const label = `coop-cloud.${app.stack}.timeout`
  const found = Object.values(compose.services).find(service => service.labels[label])
  return Number(found?.labels[label] ?? behaviour('TIMEOUT'))
}

const updatesOf = deployment =>
  new Map(deployment.services.map(service => [service.ID, service.UpdateStatus?.StartedAt]))
