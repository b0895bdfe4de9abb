const ESC = '\u001b'
const BEL = '\u0007'
const SEQUENCES = [
  String.raw`${ESC}\[[0-9;:?]*[ -/]*[@-~]`, // colours, cursor moves
  String.raw`${ESC}\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\)`, // titles, links
  String.raw`${ESC}[()][A-Z0-9]`, // character sets
  String.raw`${ESC}[=>78]`,
]
const ESCAPES = new RegExp(SEQUENCES.join('|'), 'g')

/** What a terminal program printed, without colours, cursor moves and carriage returns. */
export function plainText(text: string): string {
  return text.replace(ESCAPES, '').replace(/\r+\n/g, '\n').replace(/\r/g, '\n')
}

const FATAL = /^.*?\bFATAL?\b(?:\[[^\]]*\])?:?\s*(?:<[^>]*>)?\s*(.*)$/

/** abra's last word before it gave up: the text of its last line at level FATA. Empty: there is none. */
export function fatalOf(text: string): string {
  const lines = plainText(text).split('\n')
  const last = lines.findLast(line => FATAL.test(line))
  return last === undefined ? '' : (FATAL.exec(last)?.[1] ?? '').trim()
}

/** Whether a line is abra's log rather than what was asked for. */
export function isLogLine(line: string): boolean {
  return /^\s*(?:[\w:./-]+\s+){0,2}(?:DEBUG?|INFO|WARN(?:ING)?|ERROR?|FATAL?)\b/.test(line)
}
