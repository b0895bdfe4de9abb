import { randomBytes } from 'node:crypto'
import { readdir, rm, rmdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { LABS_DIR, readJson, writeWhole } from './places.js'

/** What one lab has chosen for itself, kept so that it can be found again. */
export type Choice = { readonly suffix: string; readonly port: number }

/** What the labs of this machine made together on the engine `host`; the last one down unmakes it. */
export type Share = {
  readonly host: string
  readonly swarm: boolean
  readonly proxy: boolean
  readonly bot: boolean
}

const DEFAULT_PORT = '8443'
const nothing: Share = { host: '', swarm: false, proxy: false, bot: false }
const shareFile = join(LABS_DIR, 'share.json')

/** What `npm run demo` keeps of its runs. */
export const DEMO_RECORDS = join(LABS_DIR, 'demo-records')

export function labDir(name: string): string {
  return join(LABS_DIR, 'labs', name)
}

/** The names of the labs that are up on this machine. */
export async function labNames(): Promise<string[]> {
  const entries = await readdir(join(LABS_DIR, 'labs')).catch(() => [])
  return entries.sort()
}

export function choiceOf(name: string): Promise<Choice | undefined> {
  return readJson<Choice | undefined>(join(labDir(name), 'choice.json'), undefined)
}

export function keepChoice(name: string, choice: Choice): Promise<void> {
  return writeWhole(join(labDir(name), 'choice.json'), `${JSON.stringify(choice)}\n`)
}

/** What is kept, with another port when `holdsPort` denies it and someone else has taken it; else a new choice. */
export async function choose(
  name: string,
  holdsPort: (choice: Choice) => Promise<boolean>,
): Promise<Choice> {
  const kept = await choiceOf(name)
  const suffix = kept?.suffix ?? `lab-${randomBytes(3).toString('hex')}.test`
  if (kept !== undefined && (await holdsPort(kept))) return kept
  const port = process.env['RECIPE_CI_LAB_PORT'] ?? kept?.port ?? DEFAULT_PORT
  return { suffix, port: await freePort(Number(port)) }
}

export async function readShare(): Promise<Share> {
  return { ...nothing, ...(await readJson<Partial<Share>>(shareFile, {})) }
}

/** Written before the thing is made, so that a killed lab does not forget it. */
export async function addToShare(more: Partial<Share>): Promise<void> {
  await writeWhole(shareFile, `${JSON.stringify({ ...(await readShare()), ...more })}\n`)
}

/** Leaves nothing behind of the labs of this machine; a folder that holds something else stays. */
export async function forgetAll(): Promise<void> {
  for (const name of ['share.json', 'id', 'labs', 'lock'])
    await rm(join(LABS_DIR, name), { recursive: true, force: true })
  await rmdir(LABS_DIR).catch(() => undefined)
}

/** The wished port when it is free, else one that the kernel gives. */
async function freePort(wished: number): Promise<number> {
  const port = (await listen(wished)) ?? (await listen(0))
  if (port === undefined) throw new Error('Cannot find a free port')
  return port
}

function listen(port: number): Promise<number | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.on('error', () => {
      resolve(undefined)
    })
    server.listen(port, '::', () => {
      const address = server.address()
      server.close(() => {
        resolve(typeof address === 'object' ? address?.port : undefined)
      })
    })
  })
}
