import type { Diagnosis, TaskReport } from '../domain/diagnosis.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import { hasEnded, type History, type Life } from './convergence-history.js'
import type { Engine } from './engine.js'
import { inspectContainer, type Postmortem } from './inspect-container.js'

type Subject = {
  readonly service: ServiceFacts
  readonly life: Life
  readonly gaps: string[]
}

const COLLECTOR_MS = 4_000
const LOG_BYTES = 16 * 1024
const LOG_LINES = 20
const TASKS_PER_SERVICE = 4
const HEALTH_OUTPUTS = 3
const INSPECT_BYTES = 1 << 20

export type DiagnosisOptions = {
  /** What the Engine said about the stack, as the watch heard it. */
  readonly events: readonly string[]
  /** Also the services that seem to be fine: nothing is wrong with the stack, but something with the app. */
  readonly everything?: boolean
}

/**
 * Collects what explains a failure: the newest attempts of each service in trouble, with their last lines, exit
 * codes and health check output. Each collector has its own deadline and byte cap; one that fails leaves a gap. They
 * work side by side, so all together take no longer than one.
 */
export async function diagnose(
  engine: Engine,
  history: History,
  { events, everything = false }: DiagnosisOptions,
): Promise<Diagnosis> {
  const gaps: string[] = []
  const reports = history.now.services.flatMap(service =>
    livesToTell(history, service, everything).map(life =>
      reportOn(engine, { service, life, gaps }),
    ),
  )
  return { tasks: await Promise.all(reports), updates: updatesOf(history), events, gaps }
}

/** The newest attempts of a service that has had an end of its own or does not run now. */
function livesToTell(
  history: History,
  service: ServiceFacts,
  everything: boolean,
): readonly Life[] {
  const lives = history.lives.filter(life => life.task.serviceId === service.id)
  const fine = lives.every(life => life.task.state === 'running' && !life.unhealthy)
  return fine && !everything ? [] : lives.slice(-TASKS_PER_SERVICE)
}

async function reportOn(engine: Engine, { service, life, gaps }: Subject): Promise<TaskReport> {
  const { task } = life
  const { found, lines } = await remains(engine, { service, life, gaps })
  const ended = hasEnded(task)
  return {
    service: service.name,
    slot: task.slot,
    taskId: task.id,
    containerId: task.containerId,
    state: task.state,
    error: task.error,
    exitCode: ended ? (found?.exitCode ?? task.exitCode) : undefined,
    oom: life.oom || found?.oom === true,
    unhealthy: life.unhealthy || found?.unhealthy === true,
    atMs: task.atMs,
    lastLines: lines,
    healthOutputs: (found?.healthOutputs ?? []).slice(-HEALTH_OUTPUTS),
  }
}

/** What the container of an attempt still shows, running or dead. */
async function remains(engine: Engine, { service, life, gaps }: Subject) {
  const id = life.task.containerId
  if (id === undefined) return { found: undefined, lines: [] }
  const [found, lines] = await Promise.all([
    collect(gaps, `state of ${service.name}`, postmortem(engine, id)),
    collect(gaps, `log of ${service.name}`, lastLines(engine, id)),
  ])
  return { found, lines: lines ?? [] }
}

function postmortem(engine: Engine, id: string): Promise<Postmortem> {
  return inspectContainer(engine, id, { deadlineMs: COLLECTOR_MS, maxBytes: INSPECT_BYTES })
}

/** The last lines of a container's two streams; both are read since either may hold the reason. */
async function lastLines(engine: Engine, id: string): Promise<readonly string[]> {
  const limits = { tail: LOG_LINES, maxBytes: LOG_BYTES, deadlineMs: COLLECTOR_MS }
  const { stdout, stderr } = await engine.logs(id, limits)
  return `${stdout.toString('utf8')}\n${stderr.toString('utf8')}`
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '')
    .slice(-LOG_LINES)
}

async function collect<T>(gaps: string[], what: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    gaps.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function updatesOf(history: History): Diagnosis['updates'] {
  return history.now.services.flatMap(({ name, update }) =>
    update === undefined ? [] : [{ service: name, text: `${update.state}: ${update.message}` }],
  )
}
