import type { Diagnosis, TaskReport } from '../domain/diagnosis.js'
import { line, type Line } from './line.js'

const MOST_LINES = 8

/** Each attempt in a line; of the newest one that said anything, the end of its log and what its health check printed. */
export function diagnosisLines({ tasks, updates, gaps }: Diagnosis): readonly Line[] {
  return [
    ...updates.map(({ service, text }) => line('info', `${service}: update ${text}`, 1)),
    ...tasks.flatMap(task => [
      line('info', attemptLine(task), 1),
      ...(isProof(task, tasks) ? proofLines(task) : []),
    ]),
    ...gaps.map(gap => line('info', `not to be had: ${gap}`, 1)),
  ]
}

/** `app.1 failed, exit code 3: task: non-zero exit (3)` */
function attemptLine(task: TaskReport): string {
  const marks = [
    ...(task.exitCode === undefined ? [] : [`exit code ${task.exitCode}`]),
    ...(task.oom ? ['killed for want of memory'] : []),
    ...(task.unhealthy ? ['unhealthy'] : []),
  ]
  const said = task.error === '' ? '' : `: ${task.error}`
  return `${[`${task.service}.${task.slot} ${task.state}`, ...marks].join(', ')}${said}`
}

/** The newest attempt of its slot that left anything: one that has only just begun shows nothing yet. */
function isProof(task: TaskReport, tasks: readonly TaskReport[]): boolean {
  const said = tasks.filter(each => each.lastLines.length + each.healthOutputs.length > 0)
  return (
    said.findLast(({ service, slot }) => service === task.service && slot === task.slot) === task
  )
}

function proofLines({ lastLines, healthOutputs }: TaskReport): readonly Line[] {
  return [
    ...lastLines.slice(-MOST_LINES).map(text => line('tail', text, 2)),
    ...healthOutputs.slice(-1).map(text => line('tail', `health check: ${text}`, 2)),
  ]
}
