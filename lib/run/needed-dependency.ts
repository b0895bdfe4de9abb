import type { Check } from '../domain/check.js'

/**
 * The dependency that a skipped test says it needed: its reason names it as a word. Undefined: it was executed, or its
 * reason names none.
 */
export function neededDependency(
  { status, detail }: Check,
  dependencies: readonly string[],
): string | undefined {
  if (status !== 'skip') return undefined
  const words: readonly string[] =
    detail.toLowerCase().match(/[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?/g) ?? []
  return dependencies.find(name => words.includes(name))
}
