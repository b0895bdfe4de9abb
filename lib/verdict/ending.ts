import type { Cause } from '../domain/cause.js'
import type { EndReason } from '../domain/results.js'
import { Fault, firstThrown } from '../errors.js'
import type { EarlyEnd } from './exit.js'

/** Where a run was when it ended before its time. */
export type Place = {
  readonly phase: string | undefined
  readonly waitingFor: string | undefined
}

const WHAT_HAPPENED: Readonly<Record<EndReason, string>> = {
  completed: 'The run ended',
  terminated: 'The run was terminated (TERM, or its parent died)',
  interrupted: 'The run was interrupted',
  hangup: 'The terminal of the run was closed',
  overdue: 'The hard deadline passed',
  fault: 'The run could not go on',
  killed: 'The run was killed',
}

const WHAT_TO_DO: Readonly<Record<EndReason, string>> = {
  completed: 'Run again',
  terminated: 'Run again if nobody meant to stop it',
  interrupted: 'Run again',
  hangup: 'Run again in tmux, or with --detached',
  overdue: 'See what it waited for, or raise deadlineMinutes',
  fault: 'See log.txt in the run folder',
  killed: 'Run "recipe-ci janitor", then run again',
}

/** The cause of an early end where nothing went wrong before it. */
export function causeOfEnd({ reason }: EarlyEnd, { phase, waitingFor }: Place): Cause {
  const during = phase === undefined ? '' : ` during ${phase}`
  const waiting = waitingFor === undefined ? '' : `, while waiting for ${waitingFor}`
  return {
    class: reason === 'fault' ? 'fault' : 'not_verified',
    sentence: `${WHAT_HAPPENED[reason]}${during}${waiting}`,
    evidence: `reason ${reason}`,
    fix: WHAT_TO_DO[reason],
  }
}

/** How a run ended: what it threw, and what ended it early. `error`: what nobody caught. */
export type Ended = {
  readonly thrown: unknown
  readonly end: (EarlyEnd & { readonly error?: unknown }) | undefined
}

/** The cause of an end by something thrown, caught or not. After a signal what is thrown is only its echo. */
export function causeOfFault({ thrown, end }: Ended): Cause | undefined {
  const error = end === undefined ? thrown : end.error
  return error === undefined ? undefined : causeOfThrown(error)
}

/** The cause that a thrown value amounts to: a fault we foresaw, a full disk, or a bug of ours. */
export function causeOfThrown(thrown: unknown): Cause {
  const error = firstThrown(thrown)
  if (error instanceof Fault && error.code === 'RCI_DISK_FULL')
    return { class: 'disk_full', sentence: error.message, evidence: error.code, fix: error.hint }
  if (isDiskFull(error))
    return {
      class: 'disk_full',
      sentence: `The disk is full: ${messageOf(error)}`,
      evidence: messageOf(error),
      fix: 'Make room on the disk that the message names, then run again',
    }
  if (error instanceof Fault)
    return { class: 'fault', sentence: error.message, evidence: error.code, fix: error.hint }
  return {
    class: 'fault',
    sentence: `recipe-ci itself failed: ${messageOf(error)}`,
    evidence: stackOf(error),
    fix: 'This is a bug: please report it with the run folder',
  }
}

function isDiskFull(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && (at.code === 'ENOSPC' || at.code === 'EDQUOT')) return true
  return false
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function stackOf(error: unknown): string {
  const frame =
    error instanceof Error ? error.stack?.split('\n').find(line => /^\s+at /.test(line)) : undefined
  return frame?.trim() ?? 'no stack'
}
