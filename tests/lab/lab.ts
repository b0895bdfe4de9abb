import { randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { BOT_STACK, ensureBot } from './bot.js'
import { makeCertificates } from './ca.js'
import { dockerAt, type Docker } from './docker.js'
import { reachEngine, stopOwnEngine } from './engine.js'
import { buildImages } from './images.js'
import { alone, LABS_DIR } from './places.js'
import { refreshRecipes } from './recipes/refresh.js'
import { ensureSwarm, removeApps, removeStack } from './swarm.js'
import { buildTraefik, deployTraefik } from './traefik.js'
import { layOut, type Lab } from './layout.js'

export type { Lab } from './layout.js'

/** What one lab has chosen for itself, kept so that it can be found again. */
type Choice = { readonly suffix: string; readonly port: number }
/** What the labs of this machine made together; the last one down unmakes it. */
type Share = {
  readonly engine: boolean
  readonly swarm: boolean
  readonly proxy: boolean
  readonly bot: boolean
}

const nothing: Share = { engine: false, swarm: false, proxy: false, bot: false }
const shareFile = join(LABS_DIR, 'share.json')

export type Log = (line: string) => void

/** Brings the lab of this name up, or finds it up; safe beside other labs of the machine. */
export async function openLab(name: string, log: Log): Promise<Lab> {
  return alone(async () => {
    const engine = await reachEngine(log)
    const docker = dockerAt(engine.host)
    const swarm = await ensureSwarm(docker)
    const images = await buildImages(docker, log)
    await buildTraefik(docker, log)
    const before = await readJson(shareFile, nothing)
    const bot = await ensureBot(docker, images.bot)
    await writeJson(shareFile, {
      engine: engine.own,
      swarm: before.swarm || swarm.initialised,
      proxy: before.proxy || swarm.proxy,
      bot,
    })
    const dir = labDir(name)
    const choice = await choose(dir)
    const certificates = await makeCertificates(join(dir, 'ca'), choice.suffix)
    const lab = await layOut({ name, dir, ...choice, ca: certificates.ca, dockerHost: engine.host })
    await refreshRecipes(lab.upstreamDir, images)
    await deployTraefik(docker, { ...choice, stack: traefikStack(choice.suffix), certificates })
    return lab
  })
}

/** Takes the lab of this name down with all that its runs left; the last one takes what the labs shared. */
export async function closeLab(name: string, log: Log): Promise<void> {
  await alone(async () => {
    const dir = labDir(name)
    const choice = await readJson<Choice | undefined>(join(dir, 'choice.json'), undefined)
    if (choice === undefined) return
    const { host } = await reachEngine(log)
    const docker = dockerAt(host)
    await removeApps(docker, choice.suffix)
    await removeStack(docker, traefikStack(choice.suffix))
    await rm(dir, { recursive: true, force: true })
    if ((await labNames()).length === 0) await unmakeShared(docker)
  })
}

/** The names of the labs that are up on this machine. */
export async function labNames(): Promise<string[]> {
  const entries = await readdir(join(LABS_DIR, 'labs')).catch(() => [])
  return entries.sort()
}

async function unmakeShared(docker: Docker): Promise<void> {
  const share = await readJson(shareFile, nothing)
  if (share.bot) await removeStack(docker, BOT_STACK)
  if (share.proxy) await docker(['network', 'rm', 'proxy'])
  if (share.swarm) await docker(['swarm', 'leave', '--force'])
  if (share.engine) await stopOwnEngine()
  await rm(shareFile, { force: true })
}

export function labDir(name: string): string {
  return join(LABS_DIR, 'labs', name)
}

function traefikStack(suffix: string): string {
  return `traefik-${suffix.split('.')[0] ?? ''}`
}

async function choose(dir: string): Promise<Choice> {
  const file = join(dir, 'choice.json')
  const kept = await readJson<Choice | undefined>(file, undefined)
  if (kept !== undefined) return kept
  const choice = { suffix: `lab-${randomBytes(3).toString('hex')}.test`, port: await freePort() }
  await mkdir(dir, { recursive: true })
  await writeJson(file, choice)
  return choice
}

/** $RECIPE_CI_LAB_PORT or 8443 when free, else one that the kernel gives. */
async function freePort(): Promise<number> {
  const wished = Number(process.env['RECIPE_CI_LAB_PORT'] ?? '8443')
  return (await listen(wished)) ?? (await listen(0)) ?? wished
}

function listen(port: number): Promise<number | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.on('error', () => {
      resolve(undefined)
    })
    server.listen(port, '0.0.0.0', () => {
      const address = server.address()
      server.close(() => {
        resolve(typeof address === 'object' ? address?.port : undefined)
      })
    })
  })
}

async function readJson<T>(path: string, absent: T): Promise<T> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? absent : (JSON.parse(text) as T)
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(value)}\n`)
  await rename(`${path}.new`, path)
}
