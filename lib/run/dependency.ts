import { CAUSE_EXIT, type Cause } from '../domain/cause.js'
import type { Check } from '../domain/check.js'
import type { Emit } from '../domain/events.js'
import type { AppDomain, RecipeName } from '../domain/names.js'
import type { Bench } from './bench.js'
import { createApp } from './create-app.js'
import { deploy } from './deploy.js'
import { commitCheck } from './identity.js'
import { isBad } from './ledger.js'
import { serve } from './serve.js'
import { endWatch } from './stays-up.js'

/** A dependency on the bench, or why it never got there. */
export type DependencySeat = { readonly recipe: RecipeName; readonly domain: AppDomain } & (
  { readonly bench: Bench } | { readonly bench: undefined; readonly why: string }
)

/** What hooks and tests are told about a dependency: names and fields only ever grow. */
export type DependencyFacts = {
  readonly domain: string
  readonly baseUrl: string
  readonly stack: string | null
  readonly version: string | null
  /** It has converged and serves. */
  readonly ready: boolean
  /** Why it is not ready; empty when it is. */
  readonly reason: string
}

/**
 * Deploys one dependency the way an app is deployed, and waits until it has converged and serves. One that does not come
 * up is told as unverified: the run goes on without it and is red.
 */
export async function provide(seat: DependencySeat, emit: Emit): Promise<DependencyFacts> {
  const { recipe, domain, bench } = seat
  const startedAt = performance.now()
  const version = bench?.facts.headVersion ?? null
  const known = { domain, baseUrl: `https://${domain}`, stack: bench?.facts.app.stack ?? null }
  const missing = bench === undefined ? neverThere(seat.why) : await bringUp(bench)
  if (missing === undefined) {
    const ms = Math.round(performance.now() - startedAt)
    emit({ type: 'dependency.ready', recipe, domain, version, ms })
    return { ...known, version, ready: true, reason: '' }
  }
  const reason = missing.detail
  emit({ type: 'dependency.unverified', recipe, reason, domain })
  emit({ type: 'cause.found', cause: causeOf(recipe, missing) })
  return { ...known, version, ready: false, reason }
}

type Missing = Pick<Check, 'detail' | 'cause'>

function neverThere(why: string): Missing {
  const fix = 'Correct the name in DEPS, or publish the recipe where upstreamBase leads'
  const cause: Cause = { class: 'dependency_unverified', sentence: why, evidence: why, fix }
  return { detail: why, cause }
}

/** Resolves to the first thing that went wrong; undefined: it is up. */
async function bringUp(bench: Bench): Promise<Missing | undefined> {
  const { facts, ports, progress } = bench
  const { head: commit, headVersion: version } = facts
  const op = { name: 'install', before: null, after: { commit }, snapshotId: null }
  const request = { op: 'install', commit, env: {} } as const
  const steps: readonly (() => Promise<readonly Check[]>)[] = [
    () => createApp(bench),
    () => ports.hooks.hook('pre_install', op),
    () => deploy(bench, request),
    () =>
      Promise.resolve(
        progress.identity
          ? [commitCheck(progress.identity, { commit, version, services: [] })]
          : [],
      ),
    () => serve(bench),
  ]
  try {
    for (const step of steps) {
      const bad = (await step()).find(isBad)
      if (bad !== undefined) return bad
    }
    return undefined
  } finally {
    await endWatch(bench)
  }
}

/** What says "we could not test" keeps saying so; anything else is the recipe's to settle. */
function causeOf(recipe: string, { detail, cause }: Missing): Cause {
  const ofBench = cause !== undefined && CAUSE_EXIT[cause.class] === 1
  return {
    class: ofBench ? cause.class : 'dependency_unverified',
    sentence: `The declared dependency "${recipe}" was not verified: ${detail}`,
    evidence: cause?.evidence ?? detail,
    fix: cause?.fix ?? `Run "recipe-ci run ${recipe}" to see what is wrong with it`,
  }
}
