import { stripVTControlCharacters } from 'node:util'

/** A length of time for people: `340 ms`, `12.3 s`, `2 min 03 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const rest = String(seconds % 60).padStart(2, '0')
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${rest} s`
    : `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')} min`
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Control and direction characters, but for tab and line feed. */
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * Text from outside made safe for a terminal: escape sequences dropped, all other control and direction characters
 * shown as codes, so that no output of a recipe can move the cursor, clear the screen or make a line read differently.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(
    UNPRINTABLE,
    character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}

/** The text's lines, at most `most` of them, each cut to `width` characters. */
export function boundedLines(text: string, most: number, width: number): readonly string[] {
  const lines = printable(text).trimEnd().split('\n')
  const rest = lines.length - most
  const kept =
    rest > 0 && most > 1
      ? [...lines.slice(0, most - 1), `… ${rest + 1} more lines`]
      : lines.slice(0, most)
  return kept.map(line => (line.length > width ? `${line.slice(0, width - 1)}…` : line))
}
