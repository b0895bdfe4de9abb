import type { RunRequest } from '../domain/request.js'
import { TIERS } from '../domain/tiers.js'

/** The command line that asks for the same run once more. */
export function rerunCommand(request: RunRequest): string {
  const { recipe, ref, pr, src, tiers, version } = request
  const all = TIERS.every(tier => tiers.includes(tier))
  const options: readonly [string, string | undefined][] = [
    ['--ref', ref],
    ['--pr', pr === 0 ? undefined : String(pr)],
    ['--src', src.kind === 'upstream' ? undefined : src.location],
    ['--stages', all ? undefined : tiers.join(',')],
    ['--target-version', version],
  ]
  const flags: readonly [string, boolean][] = [
    ['--quick', request.quick],
    ['--skip-fetch', request.skipFetch],
    ['--fresh-restore', request.freshRestore],
    ['--keep', request.keep],
  ]
  return [
    'recipe-ci run',
    quoted(recipe),
    ...options.flatMap(([name, value]) => (value === undefined ? [] : [name, quoted(value)])),
    ...flags.flatMap(([name, on]) => (on ? [name] : [])),
  ].join(' ')
}

/** A word that a POSIX shell reads back as it was. */
function quoted(word: string): string {
  return /^[A-Za-z0-9_.,:/@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
