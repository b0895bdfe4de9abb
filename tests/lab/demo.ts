import { readFile, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import type { Results } from '../../lib/domain/results.js'
import { closeLab, openLab, type Lab } from './lab.js'
import { DEMO_RECORDS, labDir } from './records.js'

const NAME = 'demo'
const BIN = join(import.meta.dirname, '../../bin/recipe-ci')

// The run in front of the user gets a signal too and takes itself down; the lab has to go after it.
const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    stopped.abort()
  })

type Act = {
  readonly recipe: string
  readonly about: string
  readonly exit: number
  readonly expected: (results: Results) => boolean
}

const ACTS: readonly Act[] = [
  {
    recipe: 'notes',
    about: 'a good recipe with a database: all five tiers must pass, and nothing may be left',
    exit: 0,
    expected: ({ level, results }) =>
      level === 5 && Object.values(results).filter(status => status === 'pass').length === 5,
  },
  {
    recipe: 'site',
    about: 'a page without any data: backup and restore do not apply, and the run says so',
    exit: 0,
    expected: ({ level, rungs }) => level === 5 && rungs.backup_restore === 'skip',
  },
  {
    recipe: 'bad-upgrade',
    about: 'a recipe whose new version crashes at every start: the run must be red, with the cause',
    exit: 7,
    expected: ({ rungs, cause }) => rungs.upgrade === 'fail' && cause?.class === 'crash_loop',
  },
]

function say(text: string): void {
  console.log(`\n── ${text}`)
}

/** Plays one act in front of the user. Resolves to what was wrong with it, if anything. */
async function play(act: Act, env: Record<string, string>, lab: Lab): Promise<string | undefined> {
  say(`${act.recipe}: ${act.about}`)
  console.log(`$ recipe-ci run ${act.recipe}\n`)
  const args = ['run', act.recipe, '--run-id', act.recipe]
  const { exitCode } = await execa(BIN, args, {
    env,
    stdio: 'inherit',
    reject: false,
    cancelSignal: stopped.signal,
    forceKillAfterDelay: false,
  })
  const path = join(lab.runsDir, act.recipe, 'results.json')
  const results = JSON.parse(await readFile(path, 'utf8')) as Results
  if (exitCode !== act.exit) return `${act.recipe} ended with ${String(exitCode)}, not ${act.exit}`
  return act.expected(results) ? undefined : `${act.recipe} came out otherwise: see ${path}`
}

function environment(lab: Lab): Record<string, string> {
  const env: Record<string, string> = { ...lab.env, RECIPE_CI_SUPERVISOR: String(process.pid) }
  if (!process.argv.includes('--real-abra')) return env
  return { ...env, PATH: (env['PATH'] ?? '').split(delimiter).slice(1).join(delimiter) }
}

async function demo(): Promise<boolean> {
  say('Setting up a lab: a real Swarm, a real Traefik, a real backup bot, recipes in git.')
  const lab = await openLab(NAME, line => {
    console.log(`   ${line}`)
  })
  console.log(`   apps get <name>.${lab.suffix}, reached at ${lab.gateway}`)
  const problems: string[] = []
  for (const act of ACTS) {
    if (stopped.signal.aborted) return false
    problems.push(...[await play(act, environment(lab), lab)].filter(isSaid))
  }
  if (problems.length === 0)
    say(
      'Proven: two good recipes came out green, the broken one red with its cause, and nothing of them is left.',
    )
  else for (const problem of problems) say(`NOT as it should be: ${problem}`)
  return problems.length === 0
}

function isSaid(text: string | undefined): text is string {
  return text !== undefined
}

try {
  const proven = await demo()
  process.exitCode = proven && !stopped.signal.aborted ? 0 : 1
} finally {
  await rm(DEMO_RECORDS, { recursive: true, force: true })
  await rename(join(labDir(NAME), 'runs'), DEMO_RECORDS).catch(() => undefined)
  say(`Taking the lab down; the records of the runs stay in ${DEMO_RECORDS}`)
  await closeLab(NAME, console.log)
}
