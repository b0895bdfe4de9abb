import { join } from 'node:path'
import { run } from '../../commands/run.js'
import type { Emit } from '../../domain/events.js'
import type { RunRequest } from '../../domain/request.js'
import { exitCodeOf, type ExitCode } from '../../errors.js'
import { DisposalStack } from '../../lifetime/disposal-stack.js'
import { signalsHeard } from '../../lifetime/signals-heard.js'
import type { End, Notice } from '../../lifetime/lifetime.js'
import { readOperatorMeta } from '../../recipe/meta.js'
import type { Mask } from '../../report/mask.js'
import { createReport, type Report } from '../../report/report.js'
import { outputMode } from '../../report/output-mode.js'
import { rerunCommand } from '../../report/rerun.js'
import { createRecorder, type Recorder } from '../../results/recorder.js'
import { makeRunFolder, type RunFolder } from '../../run/run-folder.js'
import { causeOfFault, type Ended } from '../../verdict/ending.js'
import type { EarlyEnd } from '../../verdict/exit.js'
import type { Host } from '../host.js'
import { noteOf } from './run-note.js'
import { createRunPorts } from './run-ports.js'
import { learnSecrets } from './secrets.js'

/** `recipe-ci run`: makes the record first, then lives the run, tears down whatever came of it, and settles the verdict. */
export async function performRun(request: RunRequest, host: Host): Promise<ExitCode> {
  const { config } = request
  // Before anything is touched: a malformed recipe-ci.yml is a wrong question.
  const operatorMeta = await readOperatorMeta(config.recipesDir, request.recipe)
  const { mask, warnings } = await learnSecrets(config, host.env)
  mask.addUrl(request.src.location)
  host.maskWith(mask.mask)
  if (request.plan) {
    const { performPlan } = await import('./ports-plan.js')
    return performPlan(request, { host, mask, operatorMeta })
  }
  host.lifetime.arm(config.deadlineMs, config.teardownMs)
  const waits: string[] = []
  const folder = await makeFolderOf(request, host, text => {
    host.stderr.write(`recipe-ci: ${mask.mask(text)}\n`)
    waits.push(text)
  })
  const record = await openRecord(request, { host, folder, mask })
  const thrown = await live(request, record, async undo => {
    const { emit } = record.report
    for (const text of waits) emit({ type: 'run.noted', text })
    for (const text of warnings) emit({ type: 'run.warned', text })
    const parts = { request, host, mask, folder, operatorMeta, emit }
    await run(request, await createRunPorts(parts), undo)
  })
  return conclude(record, { thrown, end: host.lifetime.end() })
}

function makeFolderOf(
  request: RunRequest,
  host: Host,
  announce: (text: string) => void,
): Promise<RunFolder> {
  const { pid, reached, lifetime } = host
  const around = { note: noteOf(request, pid), reached, signal: lifetime.signal, announce }
  return makeRunFolder(request.config.runsDir, request.runId, around)
}

type Record = {
  readonly host: Host
  readonly report: Report
  readonly recorder: Recorder
}

type RecordParts = { readonly host: Host; readonly folder: RunFolder; readonly mask: Mask }

async function openRecord(request: RunRequest, parts: RecordParts): Promise<Record> {
  const { host, folder, mask } = parts
  const { recipe, pr, ref, version, runId, tiers, skipGeneric, format } = request
  const { stdout, env } = host
  const report = await createReport({
    ...{ format, runId, stdout, mask: mask.mask, runDir: folder.path },
    ...outputMode(env, stdout.isTTY),
    rerun: rerunCommand(request),
  })
  const recorder = createRecorder({
    ...{ recipe, pr, ref: ref ?? version, runId, skipGeneric, lane: 'cold' },
    requested: tiers,
    runDir: folder.path,
    secrets: mask,
    emit: report.emit,
    reached: host.reached,
  })
  report.observe(recorder.observe)
  await recorder.start()
  return { host, report, recorder }
}

/** Runs `act`, then undoes all that it entered, whatever happened. Resolves to what was thrown. */
async function live(
  request: RunRequest,
  { host, report }: Record,
  act: (undo: DisposalStack) => Promise<void>,
): Promise<unknown> {
  const { emit } = report
  const { lifetime, pid } = host
  const undo = new DisposalStack(({ name, error }) => {
    emit({ type: 'run.warned', text: `Teardown of "${name}" failed: ${textOf(error)}` })
  })
  lifetime.onNotice(notice => {
    tellSignal(notice, { emit, end: lifetime.end() })
  })
  const { recipe, pr, ref, domain } = request
  const runDir = join(request.config.runsDir, request.runId)
  emit({ type: 'run.started', recipe, pr, ref: ref ?? null, domain, lane: 'cold', runDir, pid })
  if (request.quick) emit({ type: 'run.noted', text: 'no canonical: running cold' })
  if (request.detached)
    emit({
      type: 'run.noted',
      text: 'detached: this run does not die with the shell it was started from',
    })
  try {
    await act(undo)
    return undefined
  } catch (error) {
    return error
  } finally {
    await signalsHeard()
    lifetime.beginTeardown()
    await undo.disposeAsync()
  }
}

function tellSignal(notice: Notice, { emit, end }: { emit: Emit; end: End | undefined }): void {
  const { kind, signal } = notice
  if (kind === 'ignored') emit({ type: 'signal.ignored', signal })
  else emit({ type: 'signal.received', signal, reason: end?.reason ?? 'terminated' })
}

/** The last record. A fault that was thrown is thrown again, for the door to say it. */
async function conclude({ report, recorder }: Record, ended: Ended): Promise<ExitCode> {
  const { thrown, end } = ended
  const { results, exitCode, verdict, ms } = await recorder.finish(
    earlyEnd(ended),
    causeOfFault(ended),
  )
  const { level, reason } = results
  report.emit({
    type: 'run.finished',
    ...{ exitCode, level, verdict, ms },
    reason: reason ?? 'completed',
  })
  await report.close(results)
  if (thrown === undefined || end !== undefined) return exitCode
  throw thrown instanceof Error ? thrown : new Error(textOf(thrown))
}

function earlyEnd({ thrown, end }: Ended): EarlyEnd | undefined {
  if (end !== undefined) return end
  return thrown === undefined ? undefined : { reason: 'fault', code: exitCodeOf(thrown) }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error)
}
