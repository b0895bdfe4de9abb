import { createMaskStream, type MaskStream } from './mask-stream.js'
import { formsOf } from './secret-forms.js'
import { MASKED, maskUrls } from './url-secrets.js'

/** Hides secrets in whatever is about to be written. Its functions may be handed on by themselves. */
export type Mask = {
  /** The text with every known secret, in every form of it, and every token in a URL replaced by `[masked]`. */
  readonly mask: (text: string) => string
  /** From now on this value is a secret. Values under eight characters are not. */
  readonly add: (secret: string) => void
  /** The user and password of a URL, if it has any, are secrets from now on. */
  readonly addUrl: (url: string) => void
  /** True when the text shows a secret: what {@link mask} would have hidden. */
  readonly shows: (text: string) => boolean
  /** How far a secret can reach, in characters: pieces of a text must overlap by as much to be searched one by one. */
  readonly reach: () => number
  /** Masks a stream piece by piece, across the borders of its chunks, and hands on whole lines. */
  readonly stream: (write: (text: string) => void) => MaskStream
}

export function createMask(): Mask {
  const known = new Set<string>()
  let sorted: readonly string[] | undefined
  const forms = () => (sorted ??= [...known].sort((one, other) => other.length - one.length))
  const add = (secret: string) => {
    for (const form of formsOf(secret)) if (form !== MASKED) known.add(form)
    sorted = undefined
  }
  const mask = (text: string) => maskUrls(cover(text, forms()))
  return {
    mask,
    add,
    addUrl: url => {
      for (const part of credentialsOf(url)) add(part)
    },
    shows: text => mask(text) !== text,
    reach: () => forms()[0]?.length ?? 0,
    stream: write => createMaskStream({ mask, forms, write }),
  }
}

type Span = { readonly start: number; readonly end: number }

/** Replaces all places where any form occurs. Places that overlap become one, so that no rest of a secret stays. */
function cover(text: string, forms: readonly string[]): string {
  const spans = forms.flatMap(form => occurrences(text, form))
  if (spans.length === 0) return text
  spans.sort((one, other) => one.start - other.start)
  let covered = ''
  let end = 0
  for (const span of spans) {
    if (span.start >= end) covered += text.slice(end, span.start) + MASKED
    end = Math.max(end, span.end)
  }
  return covered + text.slice(end)
}

function occurrences(text: string, form: string): readonly Span[] {
  const found: Span[] = []
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1))
    found.push({ start: at, end: at + form.length })
  return found
}

function credentialsOf(url: string): readonly string[] {
  try {
    const { username, password } = new URL(url)
    return [username, password].flatMap(part => [part, decodeURIComponent(part)])
  } catch {
    return [] // not a URL, or one with a stray percent sign: then maskUrls alone has to do
  }
}
