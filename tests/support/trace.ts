import type { Observation } from '../../lib/swarm/convergence-history.js'
import type { StackFacts } from '../../lib/swarm/stack.js'

/** What was seen of one scenario, from the opening of the watch to the verdict. */
export type Trace = {
  readonly name: string
  readonly expect: string
  readonly opEndedMs: number
  readonly before: StackFacts
  readonly looks: readonly Observation[]
}

type Part = 'services' | 'tasks' | 'containers'
type Delta = { readonly atMs: number; readonly notes: Observation['notes'] } & Partial<
  Record<
    Part,
    { readonly set?: readonly { readonly id: string }[]; readonly gone?: readonly string[] }
  >
>
const PARTS: readonly Part[] = ['services', 'tasks', 'containers']

/** A trace as lines of JSON: the first is the head, each other only what a look saw change. */
export function packTrace({ looks, ...head }: Trace): string {
  let last: StackFacts = head.before
  const deltas = looks.map(look => {
    const delta = deltaOf(last, look)
    last = look
    return delta
  })
  return [head, ...deltas].map(line => JSON.stringify(line)).join('\n') + '\n'
}

export function unpackTrace(text: string): Trace {
  const [head, ...deltas] = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)
  const trace = head as Omit<Trace, 'looks'>
  let last = trace.before
  const looks = (deltas as Delta[]).map(delta => {
    const look = applied(last, delta)
    last = look
    return look
  })
  return { ...trace, looks }
}

function deltaOf(last: StackFacts, look: Observation): Delta {
  const parts = PARTS.flatMap(part => {
    const known = new Map(last[part].map(each => [each.id, JSON.stringify(each)]))
    const set = look[part].filter(each => known.get(each.id) !== JSON.stringify(each))
    const gone = last[part]
      .map(each => each.id)
      .filter(id => !look[part].some(each => each.id === id))
    const change = {
      ...(set.length === 0 ? {} : { set }),
      ...(gone.length === 0 ? {} : { gone }),
    }
    return Object.keys(change).length === 0 ? [] : [[part, change] as const]
  })
  return { atMs: look.atMs, notes: look.notes, ...Object.fromEntries(parts) }
}

function applied(last: StackFacts, { atMs, notes, ...changes }: Delta): Observation {
  const merged = PARTS.map(part => {
    const { set = [], gone = [] } = changes[part] ?? {}
    const fresh = new Map(set.map(each => [each.id, each]))
    const kept = last[part]
      .filter(each => !gone.includes(each.id))
      .map(each => fresh.get(each.id) ?? each)
    const added = set.filter(each => !last[part].some(old => old.id === each.id))
    return [part, [...kept, ...added]] as const
  })
  return { ...(Object.fromEntries(merged) as unknown as StackFacts), atMs, notes }
}
