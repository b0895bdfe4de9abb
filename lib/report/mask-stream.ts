import { StringDecoder } from 'node:string_decoder'

export type MaskStream = {
  readonly write: (chunk: string | Uint8Array) => void
  /** Hands on what was held back. */
  readonly end: () => void
}

type Source = {
  readonly mask: (text: string) => string
  /** Everything that counts as a secret just now, longest first. */
  readonly forms: () => readonly string[]
  readonly write: (text: string) => void
}

/** A line longer than this is handed on in pieces. */
const LONGEST_LINE = 64 * 1024

/** Holds text back up to a line's end, and longer where a secret may have begun and not ended yet. */
export function createMaskStream({ mask, forms, write }: Source): MaskStream {
  const decoder = new StringDecoder('utf8')
  let held = ''
  const release = (upTo: number) => {
    if (upTo > 0) write(mask(held.slice(0, upTo)))
    held = held.slice(upTo)
  }
  return {
    write: chunk => {
      held += typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk))
      release(safeCut(held, forms()))
    },
    end: () => {
      held += decoder.end()
      release(held.length)
    },
  }
}

/** Up to where the text can be handed on without tearing a secret in two. */
function safeCut(text: string, forms: readonly string[]): number {
  const lineEnd = text.lastIndexOf('\n') + 1
  if (lineEnd === 0 && text.length < LONGEST_LINE) return 0
  let cut = lineEnd > 0 ? lineEnd : lastGap(text)
  // Only a secret with several lines can cross a line's end.
  let torn = firstTorn(text, cut, lineEnd > 0 ? forms.filter(form => form.includes('\n')) : forms)
  while (torn < cut) {
    cut = torn
    torn = firstTorn(text, cut, forms)
  }
  return cut
}

/** A place between words, as credentials in URLs have no spaces; failing that, anywhere. */
function lastGap(text: string): number {
  for (let at = text.length; at > text.length - LONGEST_LINE / 2; at -= 1)
    if (/\s/.test(text.charAt(at - 1))) return at
  return text.length
}

/** Where the first secret begins that the cut would tear, ended or not; the cut itself when there is none. */
function firstTorn(text: string, cut: number, forms: readonly string[]): number {
  let first = cut
  for (const form of forms)
    for (let start = Math.max(0, cut - form.length + 1); start < first; start += 1)
      if (form.startsWith(text.slice(start, start + form.length))) first = start
  return first
}
