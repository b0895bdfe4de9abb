const LONGEST_COMPARED = 64

/** The candidate that differs least from the word. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  return ranked(word, candidates)[0]?.candidate
}

/** The candidate that a person most likely meant, if one is close enough to say so. */
export function guess(word: string, candidates: readonly string[]): string | undefined {
  const best = ranked(word, candidates)[0]
  if (best === undefined) return undefined
  return best.distance <= Math.max(2, best.candidate.length / 2 - 1) ? best.candidate : undefined
}

function ranked(
  word: string,
  candidates: readonly string[],
): { candidate: string; distance: number }[] {
  const start = word.slice(0, LONGEST_COMPARED).toLowerCase()
  return candidates
    .map(candidate => ({ candidate, distance: editDistance(start, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
}

/** Insertions, deletions and replacements that turn one word into the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [line, letter] of Array.from(from).entries()) {
    const next = [line + 1]
    for (const [column, other] of Array.from(to).entries()) {
      const replaced = at(row, column) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, at(row, column + 1) + 1, at(next, column) + 1))
    }
    row = next
  }
  return at(row, to.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
