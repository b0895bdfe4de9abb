import type { AbraFacts } from './flags.js'

type Table = Readonly<Record<string, readonly string[]>>

/** The newest abra that this code has been held against. */
export const NEWEST_KNOWN = '0.13.0'

/** Without these nothing can be tested: a command, and the flags it must list. */
export const RELIED_ON: Table = {
  'app new': ['domain', 'server', 'no-input'],
  'app deploy': ['chaos', 'offline', 'no-converge-checks', 'no-input'],
  'app secret generate': ['all', 'no-input'],
  'app backup create': [],
  'app restore': [],
}

/** Used where they are listed; without one of them the harness goes another way. */
export const USED: Table = {
  'app new': ['chaos', 'offline'],
  'app deploy': ['force', 'no-domain-checks'],
  'app secret generate': ['machine', 'chaos'],
  'app secret rm': ['all'],
  'app volume remove': ['force'],
  'app remove': ['force'],
  'app backup create': ['chaos'],
  'app backup snapshots': [],
  'app backup list': ['snapshot', 'all'],
  'app restore': ['chaos'],
  'app ls': ['machine'],
  'recipe lint': ['chaos'],
}

/** What an abra lacks of a command: the command itself, or one of its flags; undefined: nothing. */
export type Lacking = { readonly command: string; readonly flag?: string }

export async function lackingOf(
  facts: AbraFacts,
  command: string,
  flags: readonly string[],
): Promise<Lacking | undefined> {
  const listed = await facts.flagsOf(command)
  if (listed === undefined) return { command }
  const flag = flags.find(name => listed.flags[name] === undefined)
  return flag === undefined ? undefined : { command, flag }
}
