import type { Check } from '../domain/check.js'

/** How the reason of a test begins that is known to fail: TAP's todo, pytest's xfail. */
export const NOT_DONE_YET = 'not done yet: '

/**
 * The dependency that a skipped test says it needed: its reason names it as a word. Undefined: it was executed, it
 * is not done yet, or its reason names none.
 */
export function neededDependency(
  { status, detail }: Check,
  dependencies: readonly string[],
): string | undefined {
  if (status !== 'skip' || detail.startsWith(NOT_DONE_YET)) return undefined
  const words: readonly string[] =
    detail.toLowerCase().match(/[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?/g) ?? []
  return dependencies.find(name => words.includes(name))
}
