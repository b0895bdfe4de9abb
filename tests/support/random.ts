/** Repeatable chance: the same seed gives the same test, so that a red one can be looked at again. */
export type Random = {
  readonly below: (limit: number) => number
  readonly pick: <Item>(items: readonly Item[]) => Item
  readonly text: (length: number, alphabet: string) => string
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)]
    if (item === undefined) throw new RangeError('Cannot pick from nothing')
    return item
  }
  const text = (length: number, alphabet: string) =>
    Array.from({ length }, () => pick(Array.from(alphabet))).join('')
  return { below, pick, text }
}
