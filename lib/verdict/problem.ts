import type { Cause } from '../domain/cause.js'
import type { Tier } from '../domain/tiers.js'
import { standingOf, type RungFacts } from './rung.js'
import type { Standing } from './tier-status.js'

/** Everything that can keep a run from being green, besides a cause that was found on the way. */
export type ProblemFacts = RungFacts & {
  /** Null: never counted. */
  readonly deployCount: { readonly expected: number; readonly counted: number } | null
  /** What teardown left, as `kind name`. */
  readonly leftovers: readonly string[]
  /** Null: not proven either way. With --keep there is nothing to prove. */
  readonly clean: boolean | null
  readonly kept: boolean
  readonly unverifiedDependencies: readonly { readonly recipe: string; readonly reason: string }[]
}

/** All that makes a run red, as causes in case nothing better was found, in the order in which a reader wants them: tiers, dependencies, count, leftovers. */
export function problemsOf(facts: ProblemFacts): readonly Cause[] {
  return [
    ...facts.requested.flatMap(tier => tierProblem(tier, standingOf(tier, facts)) ?? []),
    ...facts.unverifiedDependencies.map(dependencyProblem),
    ...countProblem(facts.deployCount),
    ...cleanProblem(facts),
  ]
}

/** What a tier's end amounts to as a cause; undefined when it ended well. */
export function tierProblem(tier: Tier, { status, reason }: Standing): Cause | undefined {
  if (status === 'pass' || status === 'skip') return undefined
  const failed = status === 'fail'
  return {
    class: failed ? 'test_failed' : 'not_verified',
    sentence: failed ? `${tier} failed at ${reason}` : `${tier} was not verified: ${reason}`,
    evidence: reason,
    fix: failed
      ? `See the checks of ${tier} and the logs in the run folder`
      : `Settle what kept ${tier} from being checked, then run again`,
  }
}

function dependencyProblem(found: { recipe: string; reason: string }): Cause {
  return {
    class: 'dependency_unverified',
    sentence: `The declared dependency "${found.recipe}" was not verified: ${found.reason}`,
    evidence: found.reason,
    fix: 'Make the test that needs the dependency run, or drop it from DEPS',
  }
}

function countProblem(count: ProblemFacts['deployCount']): readonly Cause[] {
  if (count !== null && count.expected === count.counted) return []
  const seen = count === null ? 'never counted' : `${count.counted} counted`
  return [
    {
      class: 'deploy_count',
      sentence:
        count === null
          ? 'The number of created apps was never counted'
          : `The run created ${count.counted} apps where ${count.expected} were expected`,
      evidence: seen,
      fix: 'Look for hooks or tests that create apps of their own',
    },
  ]
}

function cleanProblem(facts: ProblemFacts): readonly Cause[] {
  if (facts.kept || (facts.clean === true && facts.leftovers.length === 0)) return []
  const found = facts.leftovers.length > 0
  return [
    {
      class: 'leftovers',
      sentence: found
        ? `Teardown left something behind: ${summary(facts.leftovers)}`
        : 'Nothing proved that teardown left nothing behind',
      evidence: found ? summary(facts.leftovers) : 'no census after the teardown',
      fix: 'Run "recipe-ci janitor", then look at what it says',
    },
  ]
}

function summary(leftovers: readonly string[]): string {
  const rest = leftovers.length - 3
  return leftovers.slice(0, 3).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
