/** What canary rows look like when they are read, by the canary that wrote them. */
type Known = ReadonlySet<string>

/** One writer's turn. */
type RowTurn = {
  /** Resolves once all who entered before have left, with the rows that lie in databases by then. */
  readonly come: () => Promise<Known>
  /** Lets the next one come. `rows`: what those that were written look like now, and what they are changed to. */
  readonly leave: (rows: readonly string[]) => void
}

/**
 * Takes a place behind the writers of the same kind. Two services may lead to one database: a file that they share, the
 * servers of a cluster. The second would write over the rows of the first, and that would be told as a loss; so each
 * looks whether the rows of another are there, and none writes while another has looked and not written yet.
 */
export type RowTurns = (kind: string) => RowTurn

export function createRowTurns(): RowTurns {
  const known = new Set<string>()
  const lasts = new Map<string, Promise<void>>()
  return kind => {
    const before = lasts.get(kind) ?? Promise.resolve()
    let leave: () => void
    const left = new Promise<void>(resolve => {
      leave = resolve
    })
    lasts.set(
      kind,
      before.then(() => left),
    )
    return {
      come: async () => {
        await before
        return known
      },
      leave: rows => {
        for (const each of rows) known.add(each)
        leave()
      },
    }
  }
}
