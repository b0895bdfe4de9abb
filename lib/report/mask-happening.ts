import type { HappeningBody } from '../domain/events.js'

/** Fields that hold one of our own words, never text from outside. */
const WORDS: ReadonlySet<string> = new Set(['type', 'status', 'class', 'tier', 'action', 'lane'])
const DEEPEST = 12
/** Enough for any reader; the whole text is in the log of the child that said it. */
const LONGEST_TEXT = 32 * 1024

/** The happening with every text in it masked. */
export function maskHappening(body: HappeningBody, mask: (text: string) => string): HappeningBody {
  return masked(body, mask, 0) as HappeningBody
}

function masked(value: unknown, mask: (text: string) => string, depth: number): unknown {
  if (typeof value === 'string') return shortened(mask(value))
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST) return '[too deep]'
  if (Array.isArray(value)) return value.map(item => masked(item, mask, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      mask(key),
      WORDS.has(key) && typeof field === 'string' ? field : masked(field, mask, depth + 1),
    ]),
  )
}

function shortened(text: string): string {
  const rest = text.length - LONGEST_TEXT
  return rest > 0 ? `${text.slice(0, LONGEST_TEXT)}… [${rest} more characters]` : text
}
