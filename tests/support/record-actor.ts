/**
 * A process that reports a run as `recipe-ci run` does, and much of it, for tests that take away its reader, its disk or
 * its life. Arguments: run folder, `live` or `plain`, how many notes to make on the way, `stay` to never end by itself or
 * `die` to be killed by the first one who hears of the end of restore after the recorder.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createMask } from '../../lib/report/mask.js'
import { createReport } from '../../lib/report/report.js'
import { createRecorder } from '../../lib/results/recorder.js'
import { IDENTITY, story } from './happenings.js'

const [runDir = '', look = 'plain', notes = '0', end = 'leave'] = process.argv.slice(2)
const mask = createMask()
const report = await createReport({
  format: 'human',
  runId: 'build-12',
  runDir,
  mask: mask.mask,
  stdout: process.stdout,
  tty: look === 'live',
  color: false,
})
const recorder = createRecorder({ ...IDENTITY, runDir, secrets: mask, emit: report.emit })
report.observe(recorder.observe)
if (end === 'die')
  report.observe(seen => {
    if (seen.type === 'tier.finished' && seen.tier === 'restore')
      process.kill(process.pid, 'SIGKILL')
  })
await recorder.start()
for (const happening of story()) {
  report.emit(happening)
  if (happening.type !== 'tier.finished') continue
  for (let note = 0; note < Number(notes); note += 1)
    report.emit({ type: 'run.noted', text: `${happening.tier} ${note} ${'x'.repeat(200)}` })
  await sleep(20)
}
if (end === 'stay') await sleep(600_000)
const { results, exitCode } = await recorder.finish()
await report.close(results)
process.exit(exitCode)
