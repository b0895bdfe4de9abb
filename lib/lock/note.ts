import { fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs'

/** What a lockfile says about its holder. For people: nothing is ever decided by it. */
export type LockNote = {
  readonly run_id: string
  readonly pid: number
  /** ISO 8601, UTC. */
  readonly started: string
  readonly build?: string | undefined
  /** What the lock is held for, if not for a run. */
  readonly for?: string | undefined
}

const READ_BYTES = 4096
const SHOWN_CHARS = 160
const UNKNOWN = 'an unknown holder'

/** Replaces the content of an open, locked file. Throws the system's error, for instance on a full disk. */
export function writeNote(fd: number, note: LockNote): void {
  ftruncateSync(fd, 0)
  writeSync(fd, `${JSON.stringify(note)}\n`, 0)
}

/** One line on who holds an open lockfile. Whatever bytes it contains, the answer is short and printable. */
export function readHolder(fd: number): string {
  const buffer = Buffer.alloc(READ_BYTES)
  try {
    if (!fstatSync(fd).isFile()) return UNKNOWN
    return describeHolder(buffer.toString('utf8', 0, readSync(fd, buffer, 0, READ_BYTES, 0)))
  } catch {
    return UNKNOWN
  }
}

/** {@link readHolder} for content that has been read. */
export function describeHolder(content: string): string {
  const fields = parseObject(content)
  const said = fields === undefined ? content : sentence(fields)
  return printable(said) || UNKNOWN
}

function sentence(fields: Readonly<Record<string, unknown>>): string {
  const parts = [
    labelled('run', fields['run_id']),
    labelled('pid', fields['pid']),
    labelled('for', fields['for']),
    labelled('', fields['build']),
  ]
  return parts.filter(part => part !== '').join(', ')
}

function labelled(label: string, value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return ''
  return `${label} ${value}`.trim()
}

function parseObject(content: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(content)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** Anything but letters, digits, marks, punctuation and symbols becomes a space: no control or bidi characters. */
function printable(text: string): string {
  const clean = text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}]+/gu, ' ').trim()
  return clean.length > SHOWN_CHARS ? `${clean.slice(0, SHOWN_CHARS)}…` : clean
}
