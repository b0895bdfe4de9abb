import type { Check } from '../../lib/domain/check.js'
import type { HappeningBody } from '../../lib/domain/events.js'
import type { RunIdentity } from '../../lib/results/notes.js'
import { TIERS, type Status, type Tier } from '../../lib/domain/tiers.js'

export const DOMAIN = 'note-3fa9c1.ci.example.org'

export const IDENTITY: RunIdentity = {
  recipe: 'notes',
  pr: 7,
  ref: 'main',
  runId: 'build-12',
  lane: 'cold',
  requested: TIERS,
  skipGeneric: [],
}

export function check(name: string, status: Status = 'pass', more: Partial<Check> = {}): Check {
  return { name, status, ms: 12, detail: status === 'pass' ? '' : `saw ${status}`, ...more }
}

/** A whole tier. One that is not pass gives its status as reason. */
export function tier(name: Tier, status: Status, checks: readonly Check[]): HappeningBody[] {
  const reason = status === 'pass' ? '' : `${name} is ${status}`
  return [
    { type: 'tier.started', tier: name },
    ...checks.map(seen => ({ type: 'check.finished', tier: name, check: seen }) as const),
    {
      type: 'tier.finished',
      tier: name,
      status,
      ms: 1500,
      reason,
    },
  ]
}

/** What happens before the tiers of a run. */
export function opening(): HappeningBody[] {
  return [
    {
      type: 'run.started',
      recipe: 'notes',
      pr: 7,
      ref: 'main',
      domain: DOMAIN,
      lane: 'cold',
      runDir: '/runs/build-12',
      pid: 42,
    },
    {
      type: 'manifest.printed',
      customization: { meta: 'recipe-ci.yml' },
      lines: ['meta: recipe-ci.yml'],
    },
    {
      type: 'plan.resolved',
      head: 'a'.repeat(40),
      headVersion: '1.1.0+2.0',
      base: '1.0.0+1.9',
      baseReason: 'newest published tag older than the head',
      tiers: TIERS,
      skips: {},
    },
    { type: 'lint.finished', status: 'pass', detail: '', rulesFailed: [] },
    { type: 'app.created', domain: DOMAIN, recipe: 'notes' },
  ]
}

/** What happens after the tiers of a run that cleans up after itself. */
export function closing(): HappeningBody[] {
  return [
    { type: 'teardown.started', domain: DOMAIN, why: 'the run is over' },
    { type: 'teardown.done', domain: DOMAIN, clean: true, ms: 900 },
    { type: 'deploy.counted', expected: 1, counted: 1 },
  ]
}

/** A whole green run; `change` replaces the happenings of single tiers. */
export function story(change: Partial<Record<Tier, HappeningBody[]>> = {}): HappeningBody[] {
  const tiers = TIERS.flatMap(name => change[name] ?? tier(name, 'pass', [check(`${name} works`)]))
  return [...opening(), ...tiers, ...closing()]
}
