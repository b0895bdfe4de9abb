import t from 'tap'
import { run, type RunPorts } from '../../../lib/commands/run.js'
import type { HappeningBody } from '../../../lib/domain/events.js'
import type { AppDomain, RecipeName } from '../../../lib/domain/names.js'
import type { RunRequest } from '../../../lib/domain/request.js'
import { DisposalStack } from '../../../lib/lifetime/disposal-stack.js'
import { createPhases } from '../../../lib/run/phases.js'
import type { Prepared } from '../../../lib/run/prepare.js'
import { tierBench } from '../../support/tier-bench.js'

const app = 'web-123456.ci.test' as AppDomain
const needed = 'db-123456.ci.test' as AppDomain
const END = new Error('interrupted')

const prepared = {
  ...{ manifest: [], remarks: [], planned: [], dependencies: [] },
  ...{ customisation: { warnings: [] }, fetched: { tree: { dirty: false, head: 'a' } } },
  ...{ composeDiff: { lines: [], more: 0 }, decision: { reason: '' } },
} as unknown as Prepared

type Ended = { readonly thrown: unknown; readonly steps: readonly string[]; readonly kept: number }

/** A run with --keep of an app and one dependency, unwound like a real one; `at` acts at a step of its end. */
async function keeping(at: (step: string, abort: () => void) => void): Promise<Ended> {
  const steps: string[] = []
  const emitted: HappeningBody[] = []
  const life = new AbortController()
  const step = (name: string) => {
    steps.push(name)
    at(name, () => {
      life.abort(END)
    })
  }
  const bench = tierBench({}).bench
  const drop = async () => {
    step('canaries dropped')
  }
  bench.progress.canaries = { drop } as unknown as (typeof bench)['progress']['canaries']
  const emit = (happening: HappeningBody) => void emitted.push(happening)
  const nothing = async () => undefined
  const ports: Partial<RunPorts> = {
    ...{ emit, phases: createPhases(emit, () => 0), signal: life.signal },
    ...{ sweep: nothing, room: nothing, lint: nothing, lock: nothing, clear: nothing },
    ...{ kept: () => undefined, prepare: async () => prepared },
    setUp: async () => ({
      app: bench,
      dependencies: [
        { recipe: 'db' as RecipeName, domain: needed, bench: undefined, why: 'no such recipe' },
      ],
      known: new Map(),
    }),
    counted: async () => {
      step('counted')
      return 1
    },
    tearDown: async domain => void steps.push(`${domain} down`),
    dropLease: async domain => void steps.push(`${domain} lease dropped`),
    lease: async domains => {
      for (const domain of domains) step(`${domain} leased`)
      return new Date(0)
    },
  }
  const undo = new DisposalStack(({ error }) => {
    throw error
  })
  const request = { domain: app, keep: true, warnings: [] } as unknown as RunRequest
  const ended = run(request, ports as RunPorts, undo)
  const thrown: unknown = await ended.then(
    () => undefined,
    (error: unknown) => error,
  )
  await undo.disposeAsync()
  return { thrown, steps, kept: emitted.filter(({ type }) => type === 'app.kept').length }
}

const DOWN = [`${app} down`, `${needed} down`]
const BOTH = [`${needed} leased`, `${app} leased`]
const UNLEASED = [`${app} lease dropped`, `${needed} lease dropped`]

t.test('a kept app stays up with what it needs, each under its lease', async t => {
  const { thrown, steps, kept } = await keeping(() => undefined)
  t.equal(thrown, undefined)
  t.strictSame(steps, ['counted', 'canaries dropped', ...BOTH])
  t.equal(kept, 2)
})

t.test('a signal between the last tier and the lease takes the app down', async t => {
  for (const when of ['counted', 'canaries dropped', ...BOTH]) {
    const { thrown, steps, kept } = await keeping((step, abort) => {
      if (step === when) abort()
    })
    t.equal(thrown, END, when)
    t.strictSame(steps.slice(-2), DOWN, 'both go')
    t.equal(kept, 0)
    const leased = steps.filter(step => step.endsWith(' leased'))
    t.strictSame(leased, when.endsWith(' leased') ? BOTH : [], 'no lease for what is to go')
    if (leased.length > 0) t.strictSame(steps.slice(-4, -2), UNLEASED)
  }
})

t.test('a lease that cannot be written takes those before it along', async t => {
  const full = new Error('no space left')
  const { thrown, steps } = await keeping(step => {
    if (step === `${app} leased`) throw full
  })
  t.equal(thrown, full)
  t.strictSame(steps.slice(-4), [...UNLEASED, ...DOWN])
})
