import type { Results } from '../../lib/domain/results.js'
import type { Animal } from './animal.js'

/** What a run of an animal came to. */
export type Seen = {
  readonly exitCode: number | null
  readonly results: Results | undefined
  /** What is left of the app, looked up without any code of the product. */
  readonly left: readonly string[]
  /** From the last sign that was needed to the failed check; undefined: no deploy was doomed. */
  readonly sinceLastMs: number | undefined
}

/** From the evidence to the verdict. */
const DOOMED_LIMIT_MS = 30_000

/** Everything that was said wrongly of an animal; empty: all is right. */
export function wrongsOf({ expected }: Animal, seen: Seen): readonly string[] {
  const { exitCode, results } = seen
  if (results === undefined) return [`exit ${exitCode ?? 'none'}, and no results`]
  return [
    ...differs('exit', exitCode, expected.exit),
    ...differs('cause', results.cause?.class, expected.cause),
    ...Object.entries(expected.rungs).flatMap(([rung, status]) =>
      differs(rung, results.rungs[rung as keyof Results['rungs']], status),
    ),
    ...wordsWrong(expected, results),
    ...checkWrong(expected, results),
    ...leftWrong(expected, seen),
    ...(expected.doomed === true && !((seen.sinceLastMs ?? Infinity) <= DOOMED_LIMIT_MS)
      ? [`told ${seen.sinceLastMs ?? 'never'} ms after the evidence`]
      : []),
  ]
}

function differs(what: string, got: unknown, want: unknown): readonly string[] {
  return got === want ? [] : [`${what} ${String(got)}, not ${String(want)}`]
}

function wordsWrong({ says }: Animal['expected'], { cause }: Results): readonly string[] {
  if (cause === null) return []
  const told = `${cause.sentence}\n${cause.evidence}\n${cause.fix}`
  const empty = [cause.sentence, cause.evidence, cause.fix].some(text => text.trim() === '')
  return [
    ...(says === undefined || says.test(told) ? [] : [`it does not say ${String(says)}: ${told}`]),
    ...(empty ? [`sentence, evidence or fix is empty: ${told}`] : []),
  ]
}

function checkWrong({ check }: Animal['expected'], { stages }: Results): readonly string[] {
  if (check === undefined) return []
  const tests = stages.flatMap(stage => stage.tests)
  const found = tests.some(({ name, status }) => check.name.test(name) && status === check.status)
  return found ? [] : [`no check ${String(check.name)} came to ${check.status}`]
}

function leftWrong(expected: Animal['expected'], { left, results }: Seen): readonly string[] {
  if (expected.leaves === true) return []
  const clean = results?.flags.clean_teardown
  const unclean = clean === false ? ['the teardown was not clean'] : []
  return [...unclean, ...(left.length === 0 ? [] : [`left: ${left.join(', ')}`])]
}
