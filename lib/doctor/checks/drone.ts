import { realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Env } from '../../domain/env.js'
import type { Observation } from '../../domain/finding.js'
import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { ok, fail, warn } from '../look.js'
import { timeLimit } from '../../lifetime/time-limit.js'

const MINUTE_MS = 60_000
/** What Drone needs beyond deadline and teardown, for its clone step and its own delays. */
const MARGIN_MINUTES = 5
const ASK_MS = 8_000

/** What a Drone runner must leave to the harness. */
export const DRONE_CHECKS: readonly Check<Bench>[] = [
  {
    id: 'drone-install',
    about: 'under Drone: the program is installed outside the workspace that a cancel deletes',
    look: lookAtInstall,
  },
  {
    id: 'drone-timeout',
    about: "Drone's repository time-out is at least deadline, teardown and 5 minutes",
    look: lookAtTimeout,
  },
]

async function lookAtInstall({ env, installDir }: Bench): Promise<Observation> {
  const workspace = env['DRONE_WORKSPACE'] ?? env['DRONE_HOME'] ?? ''
  if (workspace === '') return ok(`${installDir}; not under Drone`)
  const [install, root] = await Promise.all([real(installDir), real(buildRoot(workspace))])
  return `${install}/`.startsWith(`${root}/`)
    ? warn(
        `${install} is in the build's own folder ${root}: a cancel deletes it while the teardown still runs`,
        'Install recipe-ci on the host, and name it in RECIPE_CI_BIN',
      )
    : ok(`${install}, outside ${root}`)
}

/** The runner makes `<root>/drone/src` and deletes the root. */
function buildRoot(workspace: string): string {
  return workspace.endsWith('/drone/src') ? dirname(dirname(workspace)) : workspace
}

async function real(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

async function lookAtTimeout(bench: Bench, signal: AbortSignal): Promise<Observation> {
  const { env, config } = bench
  const least = Math.ceil((config.deadlineMs + config.teardownMs) / MINUTE_MS) + MARGIN_MINUTES
  const fix = `As an administrator of Drone: PATCH /api/repos/<owner>/<name> with {"timeout": ${least}}`
  const given = await repositoryTimeout(env, signal)
  if (given !== undefined)
    return given < least
      ? fail(`${given} minutes, at least ${least} are needed: Drone would kill a run first`, fix)
      : ok(`${given} minutes, at least ${least} are needed`)
  if ((env['DRONE'] ?? '') === '') return ok(`not under Drone; there it must be at least ${least}`)
  return warn(
    `a step cannot know it; it must be at least ${least} minutes (Drone's default is 60)`,
    `${fix}; with DRONE_SERVER, DRONE_TOKEN and DRONE_REPO set, doctor asks Drone itself`,
  )
}

/** Minutes, as Drone's API says; undefined: nobody gave a token to ask it with. Throws when it does not answer. */
async function repositoryTimeout(env: Env, signal: AbortSignal): Promise<number | undefined> {
  const { DRONE_SERVER: server, DRONE_TOKEN: token, DRONE_REPO: repo } = env
  if ([server, token, repo].some(value => value === undefined || value === '')) return undefined
  const url = new URL(`/api/repos/${repo ?? ''}`, server)
  using limit = timeLimit(ASK_MS, signal)
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${token ?? ''}` },
    signal: limit.signal,
  })
  if (!answer.ok) throw new Error(`Drone answers HTTP ${answer.status} for ${url.pathname}`)
  const { timeout } = (await answer.json()) as { timeout?: unknown }
  return typeof timeout === 'number' ? timeout : undefined
}
