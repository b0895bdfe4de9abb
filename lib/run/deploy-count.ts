import type { Check } from '../domain/check.js'

/** One `abra app new` per app: one for the app itself and one for each dependency deployed cold. */
export function expectedDeploys(coldDependencies: number): number {
  return 1 + coldDependencies
}

/** Two apps made where one was expected, or none, means that some tier tested something else than it says. */
export function deployCountCheck(expected: number, counted: number): Check {
  const right = expected === counted
  return {
    name: 'deploy count',
    status: right ? 'pass' : 'fail',
    ms: 0,
    detail: `${counted} apps were created, ${expected} expected`,
    ...(right
      ? {}
      : {
          cause: {
            class: 'deploy_count',
            sentence: `The run created ${counted} apps where ${expected} were expected`,
            evidence: `"abra app new" was called ${counted} times`,
            fix: 'Look for hooks or tests that create apps of their own',
          },
        }),
  }
}
