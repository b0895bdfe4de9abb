import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Place } from './place.js'
import type { Figure } from './table.js'

type Happening = { readonly at: string; readonly type: string }

/** From the SIGKILL of a step's shell, as a cancelled build gets it, to the TERM handler of the harness below it. */
export async function stepKill(place: Place, rounds: number): Promise<Figure> {
  const tookMs: number[] = []
  for (let round = 1; round <= rounds; round++) tookMs.push(await oneKill(place, round))
  const how =
    'SIGKILL of the shell of bin/step to the first line of the TERM handler, to the millisecond'
  return { what: 'step killed to TERM handled', how, figureMs: tookMs, limitMs: 10, more: [] }
}

async function oneKill({ root, env, lab }: Place, round: number): Promise<number> {
  const runId = `bench-kill-${round}`
  const record = join(lab.runsDir, runId, 'events.ndjson')
  await rm(join(lab.runsDir, runId), { recursive: true, force: true })
  const step = spawn('sh', [`${root}/bin/step`, 'run', 'site', '--run-id', runId], {
    cwd: '/',
    env,
    stdio: 'ignore',
  })
  const gone = once(step, 'exit')
  await happened(record, 'op.started', step)
  const killedAt = performance.timeOrigin + performance.now()
  step.kill('SIGKILL')
  await gone
  const { at } = await happened(record, 'signal.received')
  await happened(record, 'run.finished')
  return Math.max(0, Date.parse(at) - killedAt)
}

const PATIENCE_MS = 120_000

/** The first happening of a kind, once it is written. @throws when it does not come. */
async function happened(record: string, type: string, writer?: ChildProcess): Promise<Happening> {
  const until = performance.now() + PATIENCE_MS
  while (performance.now() < until) {
    const text = await readFile(record, 'utf8').catch(() => '')
    const lines = text.split('\n').slice(0, -1)
    const found = lines
      .map(line => JSON.parse(line) as Happening)
      .find(happening => happening.type === type)
    if (found !== undefined) return found
    if (writer !== undefined && writer.exitCode !== null)
      throw new Error(`The run ended with ${writer.exitCode} before "${type}"`)
    await sleep(20)
  }
  throw new Error(`No "${type}" in "${record}"`)
}
