import { plainText } from './text.js'

/** A flag as `--help` shows it. */
export type Flag = {
  readonly takesValue: boolean
  readonly about: string
}

/** What one command takes, by its own help. */
export type Help = {
  readonly flags: Readonly<Record<string, Flag>>
  /** The flags of all commands, listed apart; undefined: this help does not show them. */
  readonly globals: Readonly<Record<string, Flag>> | undefined
  /** The line behind "Usage:". */
  readonly usage: string
}

const FLAG_LINE = /^\s*(--?[a-zA-Z].*)$/
// The name of a value in capitals or brackets, or of its type, or whatever stands last: anything else begins the description.
const VALUE = [
  String.raw`=\S+`,
  String.raw`\s+<[^>]*>`,
  String.raw`\s+\[[^\]]*\]`,
  String.raw`\s+(?!JSON\b)[A-Z][A-Z0-9_-]+\b`,
  String.raw`\s+(?:strings?|stringArray|u?int\d*|ints|floats?\d*|duration|value|file|path)\b`,
  String.raw`\s+[^\s,:(-]\S*(?=\s*(?:,|$))`,
].join('|')
const LONG = new RegExp(String.raw`--([a-zA-Z][a-zA-Z0-9-]*)(?:,\s*-\w(?=[\s=]))?(${VALUE})?`)

/** Reads the help of a command in cobra's or urfave's layout: long flags, whether they take a value, what they do. */
export function readHelp(text: string): Help {
  const lines = plainText(text).split('\n')
  const split = lines.findIndex(line => /^\s*global (?:flags|options):?\s*$/i.test(line))
  const own = split < 0 ? lines : lines.slice(0, split)
  return {
    flags: flagsOf(own),
    globals: split < 0 ? undefined : flagsOf(lines.slice(split)),
    usage: usageOf(lines),
  }
}

function flagsOf(lines: readonly string[]): Record<string, Flag> {
  return Object.fromEntries(
    lines.flatMap(line => {
      const shown = FLAG_LINE.exec(line)?.[1]
      if (shown === undefined) return []
      // The description begins behind two blanks; it may name other flags.
      const [called = '', ...about] = shown.split(/\s{2,}|\t+/)
      const found = LONG.exec(called)
      const [whole = '', name, value] = found ?? []
      if (found === null || name === undefined) return []
      const rest = called.slice(found.index + whole.length).replace(/^,\s*-\S+(?:\s\S+$)?/, '')
      const told = [rest.replace(/^\s*[:-]\s/, ''), ...about].join(' ').trim()
      return [[name, { takesValue: value !== undefined, about: told }] as const]
    }),
  )
}

function usageOf(lines: readonly string[]): string {
  const place = lines.findIndex(line => /^\s*usage:/i.test(line))
  if (place < 0) return ''
  const same = (lines[place] ?? '').replace(/^\s*usage:\s*/i, '').trim()
  return same === '' ? (lines[place + 1] ?? '').trim() : same
}

/** The version in what `abra --version` prints: `0.13.0-beta-06a57de`. */
export function readVersion(text: string): string | undefined {
  return /\b\d+\.\d+(?:\.\d+)?[\w.+-]*/.exec(plainText(text))?.[0]
}

/** Whether a version of abra is newer than the newest this code has been held against. */
export function isNewer(version: string, known: string): boolean {
  const numbers = (text: string): number[] => text.split(/[.-]/, 3).map(Number)
  const [a, b] = [numbers(version), numbers(known)]
  const place = a.findIndex((number, at) => number !== b[at])
  return place >= 0 && (a[place] ?? 0) > (b[place] ?? 0)
}
