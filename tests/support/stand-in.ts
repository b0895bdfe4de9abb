import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { RecipeSpec } from '../lab/recipes/recipe-spec.js'
import { generateRecipe } from '../lab/recipes/generate.js'

export type Called = {
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

type CallOptions = {
  readonly env?: Readonly<Record<string, string>>
  /** Under a pseudo-terminal, where both outputs come as stdout. */
  readonly terminal?: boolean
}

export const STAND_IN_DIR = join(import.meta.dirname, '../lab/abra')

/** The recipe that the stand-in's own tests deploy: a shell that sleeps, with one of everything. */
export const TINY: RecipeSpec = {
  name: 'tiny',
  about: 'a shell that sleeps, with a secret, a config and a volume',
  releases: [
    { version: '1.0.0+1.0', layers: ['tiny'] },
    { version: '1.1.0+1.1', layers: ['tiny'], notes: 'Nothing to do.\n' },
    { version: '1.2.0+1.2', layers: ['tiny'], tag: 'none' },
  ],
}

/** An abra folder of its own with one server, one recipe and the name of an app that nobody else has. */
export type StandIn = AsyncDisposable & {
  readonly image: string
  readonly abraDir: string
  readonly recipeDir: string
  readonly commits: readonly string[]
  readonly domain: string
  readonly stack: string
  readonly envFile: string
  readonly env: Readonly<Record<string, string>>
  readonly abra: (args: readonly string[], options?: CallOptions) => Promise<Called>
  readonly git: (...args: readonly string[]) => Promise<string>
  readonly readEnv: () => Promise<string>
  readonly setEnv: (line: string) => Promise<void>
  readonly journal: () => Promise<readonly JournalEntry[]>
}

export type JournalEntry = {
  readonly event: 'begin' | 'end'
  readonly argv: readonly string[]
  readonly cwd: string
  readonly abraDir: string
  readonly exit?: number | null
  readonly signal?: string | null
  readonly ms?: number
}

export async function createStandIn(image: string, spec: RecipeSpec = TINY): Promise<StandIn> {
  const root = await mkdtemp(join(tmpdir(), 'recipe-ci-stand-in-'))
  const images = { web: image, notes: image, postgres: image, redis: image }
  const recipe = await generateRecipe(spec, { targetDir: join(root, 'origin'), images })
  const abraDir = join(root, 'abra')
  const recipeDir = join(abraDir, 'recipes', spec.name)
  await mkdir(join(abraDir, 'servers/default'), { recursive: true })
  await execa('git', ['clone', '--quiet', recipe.path, recipeDir])
  const domain = `${spec.name}-${randomBytes(3).toString('hex')}.stand-in.test`
  const envFile = join(abraDir, 'servers/default', `${domain}.env`)
  const env = baseEnv({ abraDir, journal: join(root, 'journal') })
  return {
    image,
    abraDir,
    recipeDir,
    domain,
    envFile,
    env,
    commits: recipe.releases.map(release => release.commit),
    stack: domain.replaceAll('.', '_'),
    abra: (args, options = {}) => call(args, { ...options, env: { ...env, ...options.env } }),
    git: async (...args) => (await execa('git', ['-C', recipeDir, ...args])).stdout,
    readEnv: () => readFile(envFile, 'utf8'),
    setEnv: line => setLine(envFile, line),
    journal: () => readJournal(join(root, 'journal')),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

function baseEnv({ abraDir, journal }: { abraDir: string; journal: string }) {
  return {
    PATH: `${STAND_IN_DIR}:${process.env['PATH'] ?? ''}`,
    HOME: process.env['HOME'] ?? '/root',
    ...(process.env['DOCKER_HOST'] ? { DOCKER_HOST: process.env['DOCKER_HOST'] } : {}),
    ABRA_DIR: abraDir,
    ABRA_CI: '1',
    ABRA_STANDIN_JOURNAL: journal,
  }
}

async function call(args: readonly string[], options: CallOptions): Promise<Called> {
  const command = ['abra', ...args].map(word => `'${word}'`).join(' ')
  const [file, words] = options.terminal
    ? (['script', ['-qec', command, '/dev/null']] as const)
    : (['abra', args] as const)
  const { exitCode, stdout, stderr } = await execa(file, words, {
    extendEnv: false,
    env: { ...options.env },
    reject: false,
    stdin: 'ignore',
  })
  return { code: exitCode, stdout, stderr }
}

/** Replaces the line of an env file that sets the same name, or adds it. */
async function setLine(file: string, line: string): Promise<void> {
  const name = line.slice(0, line.indexOf('='))
  const others = (await readFile(file, 'utf8'))
    .split('\n')
    .filter(other => !other.startsWith(`${name}=`) && other !== '')
  await writeFile(file, `${[...others, line].join('\n')}\n`)
}

async function readJournal(file: string): Promise<readonly JournalEntry[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  return lines.map(line => JSON.parse(line) as JournalEntry)
}

const GONE_MS = 30_000
const PAUSE_MS = 100

/**
 * Removes whatever a stack left in the swarm: services, then what they held. Again and again while a task lives: one that
 * was about to start still makes its container, and with it a volume, after its service went.
 */
export async function removeStack(stack: string): Promise<void> {
  const until = performance.now() + GONE_MS
  while (await removeOnce(stack)) {
    if (performance.now() > until) throw new Error(`The stack ${stack} does not go`)
    await sleep(PAUSE_MS)
  }
}

/** Whether there was anything. */
async function removeOnce(stack: string): Promise<boolean> {
  const label = `label=com.docker.stack.namespace=${stack}`
  let found = false
  const list = async (...args: readonly string[]) => {
    const { stdout } = await execa('docker', args, { reject: false })
    return stdout.split('\n').filter(line => line !== '')
  }
  const remove = async (kind: string, ids: readonly string[], ...flags: readonly string[]) => {
    found ||= ids.length > 0
    if (ids.length > 0) await execa('docker', [kind, 'rm', ...flags, ...ids], { reject: false })
  }
  await remove('service', await list('service', 'ls', '-q', '--filter', label))
  found ||= (await list('stack', 'ps', '-q', stack)).length > 0
  await remove('container', await list('container', 'ls', '-aq', '--filter', label), '-f')
  await remove('network', await list('network', 'ls', '-q', '--filter', label))
  await remove('config', await list('config', 'ls', '-q', '--filter', label))
  const mine = (names: readonly string[]) => names.filter(name => name.startsWith(`${stack}_`))
  await remove('secret', mine(await list('secret', 'ls', '--format', '{{.Name}}')))
  await remove('volume', mine(await list('volume', 'ls', '-q')), '-f')
  return found
}
