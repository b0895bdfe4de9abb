import { readFile } from 'node:fs/promises'
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { CrashPoint } from '../domain/crash-points.js'
import type { AppDomain, RunId } from '../domain/names.js'
import { readLease, writeLease } from '../janitor/lease.js'
import { readRecord } from '../janitor/run-record.js'
import { RunLock } from '../lock/run-lock.js'
import type { ChildBench, Ended } from './bench.js'
import { countAll, isHeld, newIn, type Places, type Thing } from './census.js'
import type { PlannedRow, Step } from './plan.js'

/** What came of one point. */
export type Row = {
  readonly number: number
  readonly point: CrashPoint
  readonly reached: boolean
  /** What the killed process left, before the sweep. */
  readonly leftBehind: readonly Thing[]
  /** What is there after the sweep and was not before the row. */
  readonly afterSweep: readonly Thing[]
  /** What else is not as it should be, a sentence each. */
  readonly problems: readonly string[]
  readonly clean: boolean
  readonly seconds: number
}

export type RowPorts = {
  readonly bench: ChildBench
  readonly places: Places
  readonly domain: AppDomain
  readonly signal: AbortSignal
}

/** A run of the row ended by itself, because nothing can be tested here. */
export type NotReached = { readonly exitCode: number | null; readonly said: string }

type Progress = {
  /** Ids of the runs that were killed. */
  readonly runs: string[]
  steps: number
  readonly problems: string[]
  survivors: readonly Thing[]
  notReached: NotReached | undefined
}

/**
 * Kills a process at one point, looks at what is left behind, sweeps once, and looks again. Resolves to the row, and, when
 * the point was not reached, to how the run ended. Throws the signal's reason, or an EngineFault.
 */
export async function performRow(
  planned: PlannedRow,
  ports: RowPorts,
): Promise<{ readonly row: Row; readonly notReached: NotReached | undefined }> {
  const started = performance.now()
  const { places, signal, bench } = ports
  const before = await countAll(places)
  const progress: Progress = {
    runs: [],
    steps: 0,
    problems: [],
    survivors: [],
    notReached: undefined,
  }
  for (const step of planned.steps) {
    await perform(step, planned, { ...ports, progress })
    signal.throwIfAborted()
    if (progress.notReached !== undefined) break
  }
  const leftBehind = [...progress.survivors, ...(await fresh(ports, before))]
  const swept = await bench.sweep(`${planned.number}-sweep`)
  signal.throwIfAborted()
  const afterSweep = await fresh(ports, before)
  if (swept.exitCode !== 0) progress.problems.push(`the sweep ended with ${endText(swept)}`)
  if (progress.notReached === undefined)
    progress.problems.push(...recordProblems(planned, progress.runs, places.runsDir))
  const { problems, notReached, survivors } = progress
  const reached = notReached === undefined
  const clean =
    reached && afterSweep.length === 0 && survivors.length === 0 && problems.length === 0
  const { number, point } = planned
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const row = { number, point, reached, leftBehind, afterSweep, problems, clean, seconds }
  return { row, notReached }
}

/** Our own domain counts whoever holds its lock: a sweep that is still at it has not brought the host back. */
async function fresh(
  { places, domain: own }: RowPorts,
  before: readonly Thing[],
): Promise<readonly Thing[]> {
  const held = (domain: AppDomain) => domain !== own && isHeld(places.lockDir, domain)
  return newIn(await countAll(places), before, held)
}

type Performing = RowPorts & { readonly progress: Progress }

async function perform(step: Step, { number }: PlannedRow, ports: Performing): Promise<void> {
  const { bench, places, domain, progress } = ports
  if (step.act === 'end lease') return endLease(places.stateDir, domain)
  progress.steps += 1
  const id = `${number}-${progress.steps}`
  const runId = `selftest-${id}`
  const { args, crashAt, keepRuns } = step
  const end =
    step.act === 'run'
      ? await bench.run(runId, args, crashAt)
      : await bench.sweep(`${id}-sweep`, { crashAt, keepRuns })
  if (step.act === 'run' && crashAt !== undefined) progress.runs.push(runId)
  progress.survivors = [...progress.survivors, ...end.survivors.map(asThing)]
  if (crashAt === undefined ? end.exitCode === 0 : end.signal === 'SIGKILL') return
  progress.notReached = { exitCode: end.exitCode, said: await lastWords(end.logFile) }
  progress.problems.push(`${step.act} ended with ${endText(end)}: ${progress.notReached.said}`)
}

function asThing({ pid, command }: Ended['survivors'][number]): Thing {
  return { kind: 'process', id: String(pid), name: `${pid} ${command}`, domain: undefined }
}

/** As two hours do. */
async function endLease(stateDir: string, domain: AppDomain): Promise<void> {
  const reading = readLease(stateDir, domain, new Date(0))
  if (reading.state !== 'active' && reading.state !== 'expired') return
  const runId = reading.lease.runId as RunId
  await writeLease(stateDir, domain, { runId, until: new Date(0) })
}

/** A dead run: its lock is free, and its record does not say that it still runs. */
function recordProblems(
  { record, point }: PlannedRow,
  runs: readonly string[],
  runsDir: string,
): readonly string[] {
  return runs.flatMap(run => {
    const folder = join(runsDir, run)
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined)
      return point === 'trim.begun' || record === 'no record' ? [] : [`${run} has no folder`]
    const lock = RunLock.probe(folder)
    if (lock.outcome !== 'won') return [`run.lock of ${run} is ${lock.outcome}`]
    lock.lock.release()
    const { status = 'no record' } = readRecord(join(folder, 'results.json'))
    return status === record ? [] : [`the record of ${run} says ${status}, not ${record}`]
  })
}

function endText({ exitCode, signal }: Ended): string {
  return signal ?? `exit code ${exitCode ?? 'none'}`
}

async function lastWords(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '')
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const said = lines.filter(line => line.startsWith('recipe-ci: '))
  return (said.at(-1) ?? lines.at(-1) ?? 'it said nothing').trim()
}
