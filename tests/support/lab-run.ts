import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Happening } from '../../lib/domain/events.js'
import type { Results } from '../../lib/domain/results.js'
import { dockerAt, linesOf } from '../lab/docker.js'
import type { Lab } from '../lab/lab.js'
import { until as untilTrue } from './lives/processes.js'
import { CLI } from './run-cli.js'

/** A run of the real program on the lab, told as it happens. */
export type LabRun = {
  readonly child: ChildProcess
  readonly happenings: readonly Happening[]
  /** Resolves at the first happening that fits, also one that is past; rejects when the run ends without one. */
  readonly until: (fits: (happening: Happening) => boolean) => Promise<Happening>
  readonly ended: Promise<LabRunEnd>
}

export type LabRunEnd = {
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stderr: string
  /** Undefined: no results.json. */
  readonly results: Results | undefined
}

export type LabRunOptions = {
  readonly id: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What is started in place of `recipe-ci run`. */
  readonly program?: readonly string[]
  readonly cwd?: string
  /** The shell whose death ends the run stands between: its pid is the child's. */
  readonly underShell?: boolean
}

/** Starts `recipe-ci run <recipe>`; `until` and `ended` tell the rest. */
export function startLabRun(lab: Lab, recipe: string, options: LabRunOptions): LabRun {
  const { id, args = [], env = {}, program = [CLI, 'run'], cwd } = options
  const words = [...program, recipe, '--run-id', id, '--format', 'ndjson', ...args]
  const argv = options.underShell === true ? ['sh', '-c', '"$@" & wait $!', 'sh', ...words] : words
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    env: { ...lab.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  return follow(child, join(lab.runsDir, id, 'results.json'))
}

/** Runs to the end. */
export function labRun(lab: Lab, recipe: string, options: LabRunOptions): Promise<LabRunEnd> {
  return startLabRun(lab, recipe, options).ended
}

function follow(child: ChildProcess, resultsFile: string): LabRun {
  const happenings: Happening[] = []
  const waiting = new Set<() => void>()
  let stderr = ''
  let over = false
  const wake = (): void => {
    for (const look of waiting) look()
  }
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', line => {
      happenings.push(JSON.parse(line) as Happening)
      wake()
    })
  const ended = once(child, 'close').then(async () => {
    over = true
    wake()
    const text = await readFile(resultsFile, 'utf8').catch(() => undefined)
    const results = text === undefined ? undefined : (JSON.parse(text) as Results)
    return { exitCode: child.exitCode, signal: child.signalCode, stderr, results }
  })
  const until: LabRun['until'] = fits =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = happenings.find(fits)
        if (found === undefined && !over) return
        waiting.delete(look)
        if (found === undefined) reject(new Error(`the run ended without it: ${stderr}`))
        else resolve(found)
      }
      waiting.add(look)
      look()
    })
  return { child, happenings, until, ended }
}

/** The record of a run as it is now. */
export function recordOf(lab: Lab, id: string): Results {
  return JSON.parse(readFileSync(join(lab.runsDir, id, 'results.json'), 'utf8')) as Results
}

/** Resolves when the record of a run that nobody listens to any more says that it is over. */
export async function tornDown(lab: Lab, id: string): Promise<void> {
  await untilTrue(() => recordOf(lab, id).status !== 'running', `the end of run ${id}`, 180_000)
}

const KINDS = ['service', 'container', 'network', 'volume', 'secret', 'config'] as const

/** What the engine and the abra folder still hold of a domain, looked up without any code of the product. */
export async function leftOf(lab: Lab, domain: string): Promise<readonly string[]> {
  const docker = dockerAt(lab.dockerHost)
  const stack = domain.replaceAll('.', '_')
  const found = await Promise.all(
    KINDS.map(async kind => {
      const format = kind === 'container' ? '{{.Names}}' : '{{.Name}}'
      const all = kind === 'container' ? ['--all'] : []
      const names = await linesOf(docker, [kind, 'ls', ...all, '--format', format])
      return names.filter(name => name.startsWith(`${stack}_`)).map(name => `${kind} ${name}`)
    }),
  )
  const envFile = join(lab.abraDir, 'servers/default', `${domain}.env`)
  const hasEnv = await access(envFile).then(
    () => true,
    () => false,
  )
  return [...found.flat(), ...(hasEnv ? [`env ${envFile}`] : [])]
}

/** The domain that the run said it uses. */
export function domainOf(happenings: readonly Happening[]): string {
  const started = happenings.find(happening => happening.type === 'run.started')
  if (started === undefined) throw new Error('the run never started')
  return started.domain
}
