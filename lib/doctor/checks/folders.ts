import type { Observation } from '../../domain/finding.js'
import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { lockDirsOf } from '../../lock/used-lock-dirs.js'
import { fail, needed, ok, warn } from '../look.js'
import { isThere, tryLocking, tryWriting } from '../trials.js'
import { networkKind } from '../file-system.js'

const SHOWN = 3
/** A lock dir that nobody has used for so long is of no concern. */
const RECENT_MS = 7 * 24 * 60 * 60 * 1000

/** The folders that runs share. */
export const FOLDER_CHECKS: readonly Check<Bench>[] = [
  {
    id: 'runs-dir',
    about: 'run folders can be written',
    look: ({ config }) => lookAtFolder(config.runsDir, 'runsDir'),
  },
  {
    id: 'state-dir',
    about: 'leases and what is remembered can be written',
    look: ({ config }) => lookAtFolder(config.stateDir, 'stateDir'),
  },
  {
    id: 'lock-dir',
    about: 'the lock dir is there, on a local file system, and a lock can be taken in it',
    look: lookAtLockDir,
  },
  {
    id: 'one-lock-dir',
    about: 'runs of this engine and suffix have used one lock dir only',
    look: lookAtLockDirs,
  },
  {
    id: 'secrets-dir',
    about: 'every value that must be masked can be read',
    look: lookAtSecrets,
  },
]

async function lookAtFolder(dir: string, key: string): Promise<Observation> {
  const { at, why } = await tryWriting(dir)
  const fix = `Make it writable for the user that runs recipe-ci, or set "${key}" to another folder`
  if (why !== undefined) return fail(`${at} cannot be written: ${why}`, fix)
  return ok(at === dir ? dir : `${dir}: the first run makes it`)
}

async function lookAtLockDir({ config, pid }: Bench): Promise<Observation> {
  const { lockDir } = config
  const fix = 'Make it a writable folder of a local file system, or set "lockDir" to one'
  if (!(await isThere(lockDir))) return fail(`${lockDir} is not there`, fix)
  const why = tryLocking(lockDir, pid)
  if (why !== undefined) return fail(`no lock can be taken in ${lockDir}: ${why}`, fix)
  const network = await networkKind(lockDir)
  if (network !== undefined)
    return fail(
      `${lockDir} is on ${network}: its locks may not hold, and other machines see them`,
      fix,
    )
  return ok(lockDir)
}

async function lookAtLockDirs(bench: Bench): Promise<Observation> {
  const { config, domain, now } = bench
  const engine = await needed(bench.engine(), 'engine')
  if (domain === undefined) await needed(Promise.reject(new Error('no domain')), 'domain')
  const since = now().getTime() - RECENT_MS
  const used = await lockDirsOf(config.stateDir, { engine: engine.name, suffix: domain ?? '' })
  const others = used.filter(({ lockDir, atMs }) => lockDir !== config.lockDir && atMs > since)
  if (others.length === 0) return ok(config.lockDir)
  const named = others.map(
    ({ lockDir, atMs }) => `${lockDir} (last on ${new Date(atMs).toISOString()})`,
  )
  return warn(
    `this host is set to ${config.lockDir}, but runs used ${named.join(', ')}: they were blind to each other`,
    `Give every caller the same "lockDir"; then remove ${others.map(({ file }) => file).join(' ')}`,
  )
}

async function lookAtSecrets({ config, secrets }: Bench): Promise<Observation> {
  const { secretsDir } = config
  const { values, unreadable } = secrets
  if (unreadable.length > 0) {
    const named = unreadable.slice(0, SHOWN).join(', ')
    const more = unreadable.length > SHOWN ? ` and ${unreadable.length - SHOWN} more` : ''
    return warn(
      `cannot be read, so not masked: ${named}${more}`,
      'Let the user that runs recipe-ci read them, or take them out of the folder',
    )
  }
  if (!(await isThere(secretsDir))) return ok(`${secretsDir} is not there: no values to mask`)
  return ok(`${secretsDir}: ${values.length} ${values.length === 1 ? 'value' : 'values'} to mask`)
}
