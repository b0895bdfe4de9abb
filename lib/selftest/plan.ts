import { CRASH_POINTS, type CrashPoint, type CrashScenario } from '../domain/crash-points.js'

/** One thing that a row does before it looks at what is left behind. */
export type Step =
  | {
      readonly act: 'run' | 'sweep'
      readonly args: readonly string[]
      /** Undefined: it comes to its end. */
      readonly crashAt: CrashPoint | undefined
      /** Of a sweep: older run folders than this many go. */
      readonly keepRuns?: number
    }
  /** Two hours pass for the lease of the app. */
  | { readonly act: 'end lease' }

/** What the record of a killed run must say after the sweep. */
type RecordState = 'no record' | 'finished' | 'aborted'

/** One row of the table: how the point is reached, and what the record must say in the end. */
export type PlannedRow = {
  readonly number: number
  readonly point: CrashPoint
  readonly meaning: string
  readonly steps: readonly Step[]
  readonly record: RecordState
  /** A backup bot must answer. */
  readonly needsBot: boolean
}

/** Each run of a row does as little as brings it past its point. */
const ARGS: Readonly<Record<CrashScenario, readonly string[]>> = {
  install: ['--stages', 'install'],
  upgrade: ['--stages', 'install,upgrade'],
  backup: ['--stages', 'install,backup'],
  restore: ['--stages', 'install,backup,restore'],
  custom: ['--stages', 'install,custom'],
  fresh: ['--stages', 'install,backup,restore', '--fresh-restore'],
  keep: ['--stages', 'install', '--keep'],
  replace: ['--stages', 'install', '--replace-kept'],
  reap: ['--stages', 'install'],
  lease: ['--stages', 'install', '--keep'],
  record: ['--stages', 'install'],
  trim: ['--stages', 'install'],
}

const WITH_BOT: readonly CrashScenario[] = ['backup', 'restore', 'fresh']

/** The rows for these points, in the order of the list. */
export function planRows(points: readonly CrashPoint[]): readonly PlannedRow[] {
  return CRASH_POINTS.flatMap(({ name, by, meaning }, index) =>
    points.includes(name)
      ? {
          number: index + 1,
          point: name,
          meaning,
          steps: stepsTo(name, by),
          record: recordAfter(name),
          needsBot: WITH_BOT.includes(by),
        }
      : [],
  )
}

function stepsTo(point: CrashPoint, by: CrashScenario): readonly Step[] {
  const run = (crashAt?: CrashPoint): Step => ({ act: 'run', args: ARGS[by], crashAt })
  const sweep: Step = { act: 'sweep', args: [], crashAt: point }
  const other: Partial<Record<CrashScenario, readonly Step[]>> = {
    keep: [run(point), { act: 'end lease' }],
    replace: [{ act: 'run', args: ARGS.keep, crashAt: undefined }, run(point)],
    reap: [run('deploy.converged'), sweep],
    lease: [run('lease.written'), { act: 'end lease' }, sweep],
    record: [run('abra-dir.made'), sweep],
    trim: [
      ...[run('abra-dir.made'), run('abra-dir.made'), { ...sweep, crashAt: undefined }],
      { ...sweep, keepRuns: 1 },
    ],
  }
  return other[by] ?? [run(point)]
}

function recordAfter(point: CrashPoint): RecordState {
  if (point === 'folder.begun' || point === 'folder.made') return 'no record'
  return point === 'record.replaced' || point === 'reports.written' ? 'finished' : 'aborted'
}
