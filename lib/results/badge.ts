import type { Level } from '../domain/tiers.js'
import type { Results } from '../domain/results.js'
import { EXIT } from '../errors.js'

const COLOURS: Readonly<Record<Level, string>> = {
  0: '#c0392b',
  1: '#d35400',
  2: '#b9770e',
  3: '#9a7d0a',
  4: '#5d8a1f',
  5: '#1e8449',
}
const RED = '#c0392b'
const NO_VERDICT = '#6c757d'

/** The level as a small picture. A red run is red and one without a verdict of its own grey, whatever it had reached. */
export function badgeOf({ level, exit_code: code }: Results): string {
  const colour = code === EXIT.green ? COLOURS[level] : code === EXIT.red ? RED : NO_VERDICT
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="62" height="20" role="img" aria-label="level ${level}">`,
    `<title>level ${level}</title>`,
    `<rect width="62" height="20" rx="3" fill="#444"/>`,
    `<path d="M42 0h17a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H42z" fill="${colour}"/>`,
    `<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">`,
    `<text x="21" y="14">level</text><text x="52" y="14">${level}</text></g></svg>`,
    '',
  ].join('\n')
}
