import { stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { readAppList } from '../../abra/app-list.js'
import { flagWords } from '../../abra/caller.js'
import { isNewer } from '../../abra/help.js'
import { lackingOf, NEWEST_KNOWN, RELIED_ON, USED, type Lacking } from '../../abra/relied-on.js'
import { wantsTerminal, abraOutcome } from '../../abra/outcome.js'
import type { AbraFacts } from '../../abra/flags.js'
import type { Observation } from '../../domain/finding.js'
import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { fail, needed, ok, warn } from '../look.js'

const SLOW_MS = 60_000
const CALL_MS = 30_000
const GET = 'Install abra 0.13.0-beta or a newer one and put it on PATH'
const SERVER_FIX = 'Run "abra server add --local" as this user, or set "server" or ABRA_DIR'

/** abra, and whether it is the one that the harness was made for. */
export const ABRA_CHECKS: readonly Check<Bench>[] = [
  {
    id: 'abra',
    about: 'abra is on PATH and its version is one that is known',
    deadlineMs: SLOW_MS,
    look: async bench => {
      const { path, version } = await bench.abra()
      return isNewer(version, NEWEST_KNOWN)
        ? warn(
            `${path}, ${version}: newer than the newest known (${NEWEST_KNOWN})`,
            'See whether "abra-flags" and "abra-apps" are ok; tell the makers of recipe-ci if a run goes wrong',
          )
        : ok(`${path}, ${version}`)
    },
  },
  {
    id: 'abra-flags',
    about: 'every command and flag of abra that a run relies on is in its --help',
    deadlineMs: SLOW_MS,
    look: async bench => judgeFlags(await needed(bench.abra(), 'abra')),
  },
  {
    id: 'abra-apps',
    about: '"abra app ls --machine" prints the JSON that is expected',
    deadlineMs: SLOW_MS,
    look: lookAtApps,
  },
  { id: 'abra-server', about: 'the server is in the folder of abra', look: lookAtServer },
  { id: 'home', about: 'HOME and ABRA_DIR lead to one folder of abra', look: lookAtHome },
]

async function judgeFlags(facts: AbraFacts): Promise<Observation> {
  const [required, used] = await Promise.all([lacking(facts, RELIED_ON), lacking(facts, USED)])
  const [first] = required
  if (first !== undefined)
    return fail(`abra ${facts.version} has no ${required.join(', no ')}`, GET)
  const commands = Object.keys(RELIED_ON).length
  const without = used.length === 0 ? '' : `; goes without ${used.join(', ')}`
  return ok(`${commands} commands with all flags that a run needs${without}`)
}

async function lacking(
  facts: AbraFacts,
  table: Readonly<Record<string, readonly string[]>>,
): Promise<readonly string[]> {
  const asked = Object.entries(table).flatMap(([command, flags]) =>
    [...flags.map(flag => [flag]), ...(flags.length === 0 ? [[]] : [])].map(one =>
      lackingOf(facts, command, one),
    ),
  )
  const found = (await Promise.all(asked)).filter(each => each !== undefined)
  return [...new Set(found.map(named))]
}

function named({ command, flag }: Lacking): string {
  return flag === undefined ? `"abra ${command}"` : `"--${flag}" of "abra ${command}"`
}

async function lookAtApps(bench: Bench, signal: AbortSignal): Promise<Observation> {
  const facts = await needed(bench.abra(), 'abra')
  const run = await needed(bench.run(), 'guard')
  const listed = await facts.flagsOf('app ls')
  const flags = flagWords({ machine: true, 'no-input': true, offline: true }, listed)
  const call = (terminal: boolean) =>
    run({
      argv: [facts.path, 'app', 'ls', ...flags],
      env: bench.abraEnv,
      deadlineMs: CALL_MS,
      signal,
      terminal,
    }).then(outcome => abraOutcome('app ls', outcome, false))
  const first = await call(false)
  const outcome = wantsTerminal(first) ? await call(true) : first
  if (!outcome.ok)
    return fail(`"abra app ls --machine" failed: ${outcome.said}`, 'Run it by hand as this user')
  const read = readAppList(outcome.stdout)
  return 'problem' in read
    ? fail(`"abra app ls --machine": ${read.problem}`, GET)
    : ok(`JSON as expected, ${read.apps} apps`)
}

async function lookAtServer({ config }: Bench): Promise<Observation> {
  const folder = join(config.abraDir, 'servers', config.server)
  const found = await stat(folder).catch(() => undefined)
  return found?.isDirectory() === true ? ok(folder) : fail(`${folder} is not there`, SERVER_FIX)
}

async function lookAtHome({ env, config }: Bench): Promise<Observation> {
  const home = env['HOME'] ?? ''
  const own = userInfo().homedir
  const given = env['ABRA_DIR'] ?? ''
  if (given !== '') {
    const other = join(home === '' ? own : home, '.abra')
    const split = other !== config.abraDir && (await hasServers(other))
    return split
      ? warn(
          `ABRA_DIR is ${config.abraDir}, and ${other} has servers as well: a caller without ABRA_DIR uses that one`,
          'Give every caller the same ABRA_DIR, or move the other folder away',
        )
      : ok(`ABRA_DIR ${config.abraDir}`)
  }
  if (home === '') return warn('HOME is not set', `Set HOME to ${own} for every caller`)
  if (home !== own)
    return warn(
      `HOME is ${home}, this account's is ${own}: abra's folder follows HOME`,
      `Set HOME (in a Drone step under "environment") to ${own}, or ABRA_DIR`,
    )
  return ok(`HOME ${home}`)
}

async function hasServers(abraDir: string): Promise<boolean> {
  return (await stat(join(abraDir, 'servers')).catch(() => undefined)) !== undefined
}
