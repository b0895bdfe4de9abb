import { rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Cause } from '../domain/cause.js'
import type { Reached } from '../domain/crash-points.js'
import type { Emit, HappeningBody } from '../domain/events.js'
import type { Results } from '../domain/results.js'
import { AbsentFault, type ExitCode } from '../errors.js'
import type { EarlyEnd } from '../verdict/exit.js'
import { finished, running } from './assemble.js'
import { badgeOf } from './badge.js'
import { htmlOf } from './html.js'
import { junitOf } from './junit.js'
import { scanForSecrets, type SecretMask } from './leak-scan.js'
import { createNotes, type ReportParts, type RunIdentity } from './notes.js'
import { observe } from './observe.js'
import { createRecordWriter, createRunningRecord, reasonOf } from './record-file.js'
import { replaceFile } from '../files/replace-file.js'
import { tapOf } from './tap.js'

export type RecorderOptions = RunIdentity & {
  readonly runDir: string
  readonly secrets: SecretMask
  readonly emit: Emit
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly reached?: Reached
}

type Finished = {
  readonly results: Results
  readonly exitCode: ExitCode
  /** The verdict in one sentence. */
  readonly verdict: string
  /** Milliseconds from start to end. */
  readonly ms: number
}

/** Makes the record of a run out of what happens, and keeps `results.json` up with it. */
export type Recorder = {
  /** Writes the first `results.json`, status `running`. Throws an AbsentFault when the folder takes no file. */
  readonly start: () => Promise<void>
  /**
   * Takes in one happening. When it returns, one that the verdict rests on is in `results.json`: whoever gets to know of it
   * afterwards finds it there, also after a SIGKILL.
   */
  readonly observe: (happening: HappeningBody) => void
  /**
   * Settles the verdict and writes the last `results.json`, `junit.xml`, `results.tap`, `badge.svg` and
   * `report.html`. Never throws:
   * what could not be written is warned about. `end` is an early end, whose code stays; `cause` what it amounts to.
   */
  readonly finish: (end?: EarlyEnd, cause?: Cause) => Promise<Finished>
}

/** Happenings after which a killed run leaves a record that knows of them. */
const MILESTONES: ReadonlySet<string> = new Set<HappeningBody['type']>([
  'run.warned',
  'plan.resolved',
  'lint.finished',
  'dependency.ready',
  'dependency.unverified',
  'check.finished',
  'tier.finished',
  'snapshot.taken',
  'cause.found',
  'app.created',
  'deploy.counted',
  'teardown.done',
  'app.kept',
])

/** Room set aside at the start, so that the last record can be written on a disk that has filled up since. */
const RESERVE = '.reserve'
const RESERVE_BYTES = 128 * 1024

export function createRecorder(options: RecorderOptions): Recorder {
  const { runDir, secrets, emit, now = Date.now } = options
  const notes = createNotes(options, now)
  const path = join(runDir, 'results.json')
  const { write, ...atOnce } = createRecordWriter(emit)
  const record = createRunningRecord(atOnce, path, () => serialise(running(notes)))
  return {
    start: async () => {
      await replaceFile(path, serialise(running(notes))).catch((error: unknown) => {
        throw unwritable(path, error)
      })
      options.reached?.('record.begun')
      await writeFile(join(runDir, RESERVE), Buffer.alloc(RESERVE_BYTES, '.')).catch(ignore)
    },
    observe: happening => {
      observe(notes, happening)
      if (MILESTONES.has(happening.type)) record.save()
    },
    finish: async (end, cause) => {
      await record.stop()
      await rm(join(runDir, RESERVE), { force: true }).catch(ignore)
      const scan = await scanForSecrets(runDir, secrets)
      const thrown = masked(cause, secrets)
      for (const text of lastWarnings(scan.files, notes.cause && thrown))
        emit({ type: 'run.warned', text })
      const ending = { end, cause: thrown, leak: scan.clean, nowMs: now() }
      const { results, code } = finished(notes, ending)
      if (results.cause !== null && notes.cause === undefined)
        emit({ type: 'cause.found', cause: results.cause })
      await writeAll(runDir, { results, parts: notes }, { write, reached: options.reached })
      emit({ type: 'results.written', path })
      return {
        results,
        exitCode: code,
        verdict: verdictOf(results),
        ms: now() - notes.startedAtMs,
      }
    },
  }
}

/** Of files that a secret was written to, and of a fault that came after the first cause. */
function lastWarnings(files: readonly string[], later: Cause | undefined): readonly string[] {
  return [
    ...files.map(file => `A secret was written to "${file}" in the run folder`),
    ...(later === undefined ? [] : [`Then the run could not go on: ${later.sentence}`]),
  ]
}

function masked(cause: Cause | undefined, { mask }: SecretMask): Cause | undefined {
  if (cause === undefined) return undefined
  const { sentence, evidence, fix } = cause
  return { ...cause, sentence: mask(sentence), evidence: mask(evidence), fix: mask(fix) }
}

type Write = (path: string, text: string) => Promise<void>

type Record = { readonly results: Results; readonly parts: ReportParts }

type Writing = { readonly write: Write; readonly reached: Reached | undefined }

async function writeAll(
  runDir: string,
  { results, parts }: Record,
  { write, reached }: Writing,
): Promise<void> {
  await write(join(runDir, 'results.json'), serialise(results))
  reached?.('record.replaced')
  await write(join(runDir, 'junit.xml'), junitOf(results, hostname()))
  await write(join(runDir, 'results.tap'), tapOf(results))
  await write(join(runDir, 'badge.svg'), badgeOf(results))
  await write(join(runDir, 'report.html'), htmlOf(results, parts))
  reached?.('reports.written')
}

function serialise(results: Results): string {
  return `${JSON.stringify(results, null, 2)}\n`
}

function verdictOf({ exit_code, level, cause }: Results): string {
  return exit_code === 0 ? `green, level ${level}` : (cause?.sentence ?? 'not green')
}

function unwritable(path: string, error: unknown): AbsentFault {
  const hint = 'Choose another --runs-dir, or make this one writable and not full'
  return new AbsentFault(`Cannot write "${path}": ${reasonOf(error)}`, hint, { cause: error })
}

function ignore(): void {
  // A reserve is a convenience: without it the record is written all the same.
}
