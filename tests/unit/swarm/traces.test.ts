import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { decide, type Verdict } from '../../../lib/swarm/convergence-verdict.js'
import {
  beginHistory,
  extendHistory,
  type History,
} from '../../../lib/swarm/convergence-history.js'
import { bestGuess } from '../../../lib/swarm/doomed.js'
import { isTroubled } from '../../../lib/swarm/doomed-lives.js'
import { SCENARIOS } from '../../support/convergence-scenarios.js'
import { unpackTrace, type Trace } from '../../support/trace.js'

// Recorded from a real swarm by tests/support/record-traces.ts.
const FOLDER = new URL('traces/', import.meta.url)
const traces = readdirSync(FOLDER).map(file =>
  unpackTrace(readFileSync(new URL(file, FOLDER), 'utf8')),
)

type Step = { readonly history: History; readonly verdict: Verdict; readonly atMs: number }

/** Every verdict on the way, with only each `every`-th look kept: as if events had been lost. */
function replay({ before, opEndedMs, looks }: Trace, every = 1): readonly Step[] {
  let history: History = { ...beginHistory(before), opEndedMs }
  const seen = looks.filter((_, index) => index % every === 0 || index === looks.length - 1)
  return seen.map(look => {
    history = extendHistory(history, look)
    return { history, verdict: decide(history), atMs: look.atMs }
  })
}

/** The class that the run of the trace comes to: at its last look the deadline is over. */
function classOf(steps: readonly Step[]): string {
  const first = steps.find(({ verdict }) => verdict.kind !== 'waiting') ?? steps.at(-1)
  if (first === undefined) return 'no look'
  if (first.verdict.kind === 'converged') return 'converged'
  if (first.verdict.kind === 'doomed') return first.verdict.doom.class
  return bestGuess(first.history)?.class ?? 'not_converged'
}

t.strictSame(
  traces.map(({ name }) => name).sort(),
  SCENARIOS.map(({ name }) => name).sort(),
  'every scenario has its recording',
)

for (const trace of traces) {
  t.test(`${trace.name}: ${trace.expect}`, async t => {
    t.equal(classOf(replay(trace)), trace.expect)
    t.equal(classOf(replay(trace, 3)), trace.expect, 'also when two of three looks are missed')
  })
}

for (const trace of traces.filter(
  ({ expect }) => expect !== 'converged' && expect !== 'not_converged',
)) {
  t.test(`${trace.name} ends within 30 s of the last evidence`, async t => {
    const last = replay(trace).at(-1)
    const ends = last?.history.lives
      .filter(isTroubled)
      .map(life => life.endedMs ?? life.firstSeenMs)
    const evidenceMs = Math.max(trace.opEndedMs, ...(ends ?? []))
    t.ok((last?.atMs ?? Infinity) - evidenceMs <= 30_000)
  })
}

for (const trace of traces.filter(({ expect }) => expect === 'converged')) {
  t.test(`${trace.name} is never doomed on its way`, async t => {
    for (const { verdict } of replay(trace)) t.not(verdict.kind, 'doomed')
  })
}
