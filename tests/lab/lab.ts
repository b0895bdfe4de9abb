import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { announce } from './announce.js'
import { BOT_STACK, deployBot, foreignBot } from './bot.js'
import { makeCertificates } from './ca.js'
import { dockerAt, succeeds, type Docker } from './docker.js'
import { findEngine, reachEngine, socketOf, type LabEngine } from './engine.js'
import { buildImages } from './images.js'
import { layOut, type Lab } from './layout.js'
import { ENGINE_DIR, engineIsInstalled, ownEngineExists, removeOwnEngine } from './own-engine.js'
import { alone, ownerId, type Log } from './places.js'
import { generateOnce } from './recipes-once.js'
import {
  addToShare,
  choiceOf,
  choose,
  forgetAll,
  keepChoice,
  labDir,
  labNames,
  readShare,
  type Choice,
} from './records.js'
import { ensureSwarm, giveBackSwarm, lookAtSwarm } from './swarm.js'
import { everything, forgottenSuffixes, removeApps, removeImages, removeStack } from './takedown.js'
import { buildTraefik, deployTraefik } from './traefik.js'

export type { Lab } from './layout.js'

type Making = {
  readonly name: string
  readonly choice: Choice
  readonly engine: LabEngine
  readonly log: Log
}

/**
 * Brings the lab of this name up, or finds it up; safe beside other labs of the machine, also at the same time.
 * @param log is told what is going to be made before anything is, then what takes long
 */
export function openLab(name: string, log: Log): Promise<Lab> {
  return alone(log, async () => {
    const found = await findEngine()
    const choice = await choose(name, async ({ suffix }) => {
      const service = `${traefikStack(suffix)}_traefik`
      return found !== undefined && succeeds(dockerAt(found.host), ['service', 'inspect', service])
    })
    await announceLab({ name, choice, found, log })
    await keepChoice(name, choice)
    return make({ name, choice, engine: found ?? (await reachEngine(log)), log })
  })
}

/**
 * Takes the lab of this name down with all that its runs left; the last one takes what the labs shared. The suffix of a
 * lab that nobody remembers (`lab-1a2b3c.test`) is a name as well.
 */
export function closeLab(name: string, log: Log): Promise<void> {
  return alone(log, async () => {
    const suffix = (await choiceOf(name))?.suffix ?? (isSuffix(name) ? name : undefined)
    if (suffix !== undefined) await removeLab(dockerAt((await reachEngine(log)).host), suffix)
    await rm(labDir(name), { recursive: true, force: true })
    if ((await labNames()).length === 0) await unmakeShared(log)
  })
}

async function make({ name, choice, engine, log }: Making): Promise<Lab> {
  const docker = dockerAt(engine.host)
  const owner = await ownerId()
  const dir = labDir(name)
  const socket = socketOf(engine.host)
  await makeSwarm(docker, engine)
  await dropForgotten(docker, owner)
  const images = await buildImages(docker, log)
  await buildTraefik(docker, log)
  if ((await foreignBot(docker, owner)) === undefined) {
    await addToShare({ bot: true })
    await deployBot(docker, { image: images.bot, owner, socket })
  }
  const certificates = await makeCertificates(join(dir, 'ca'), choice.suffix)
  const places = {
    name,
    dir,
    ...choice,
    ca: certificates.ca,
    dockerHost: engine.host,
    webImage: images.web,
  }
  const lab = await layOut(places)
  await generateOnce(lab.upstreamDir, images)
  const stack = traefikStack(choice.suffix)
  await deployTraefik(docker, { ...choice, stack, certificates, owner, socket })
  return lab
}

async function announceLab({
  name,
  choice,
  found,
  log,
}: Omit<Making, 'engine'> & { readonly found: LabEngine | undefined }): Promise<void> {
  const docker = found && dockerAt(found.host)
  const swarm = docker && (await lookAtSwarm(docker, found.own))
  const plan = {
    ...{ name, dir: labDir(name), ...choice, engine: found, engineDir: ENGINE_DIR },
    engineInstalled: await engineIsInstalled(),
    swarm: swarm ?? { active: false, proxy: false },
    bot: docker && swarm?.active ? await foreignBot(docker, await ownerId()) : undefined,
    botStack: BOT_STACK,
    traefikStack: traefikStack(choice.suffix),
  }
  for (const line of announce(plan)) log(line)
}

async function makeSwarm(docker: Docker, { host, own }: LabEngine): Promise<void> {
  const before = await readShare()
  if (before.host !== '' && before.host !== host)
    throw new Error(`Cannot use the engine at "${host}": labs are up at "${before.host}"`)
  await addToShare({ host })
  const made = await ensureSwarm(docker, own)
  await addToShare({ swarm: before.swarm || made.swarm, proxy: before.proxy || made.proxy })
}

/** Labs of this machine that came up again with the engine and that nobody remembers. */
async function dropForgotten(docker: Docker, owner: string): Promise<void> {
  const choices = await Promise.all((await labNames()).map(choiceOf))
  const known = choices.flatMap(choice => choice?.suffix ?? [])
  for (const suffix of await forgottenSuffixes(docker, { owner, known }))
    await removeLab(docker, suffix)
}

async function removeLab(docker: Docker, suffix: string): Promise<void> {
  await removeApps(docker, suffix)
  await removeStack(docker, traefikStack(suffix))
}

/** An engine of its own that was killed is started once more: what outlived it must go as well. */
async function unmakeShared(log: Log): Promise<void> {
  const { host } = await readShare()
  const own = await ownEngineExists()
  if (host === '' && !own) return forgetAll()
  const found = own ? await reachEngine(log) : await findEngine()
  if (found === undefined)
    throw new Error(`Cannot reach the engine at "${host}" to remove what the labs made there`)
  await unmakeOn(found, log)
  await forgetAll()
}

async function unmakeOn({ host, own }: LabEngine, log: Log): Promise<void> {
  const docker = dockerAt(host)
  const share = await readShare()
  if (share.bot) await removeStack(docker, BOT_STACK)
  await giveBackSwarm(docker, share, log)
  await removeImages(docker)
  if (!own) return
  const left = await everything(docker)
  if (left.length === 0) await removeOwnEngine()
  else log(`leaving the engine that the lab started, which is in use: ${left.join(', ')}`)
}

function traefikStack(suffix: string): string {
  return `traefik-${suffix.split('.')[0] ?? ''}`
}

function isSuffix(text: string): boolean {
  return /^lab-[0-9a-f]{6}\.test$/.test(text)
}
