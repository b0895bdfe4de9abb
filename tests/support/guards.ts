import type { Mutant } from '../zoo/mutant.js'

/** A guard, and how it is taken out; `check` says in words what it sees to. */
type Guard = Mutant & {
  readonly by: {
    readonly test: string
    /** Title of the test in it. */
    readonly law: string
  }
}

const out = (check: string, file: string, edit: readonly [string, string]) => ({
  by: (test: string, law: string): Guard => ({
    ...{ check, file, from: edit[0], to: edit[1] },
    by: { test: `tests/${test}.test.ts`, law },
  }),
})

const STEP = 'bin/step'
const GUARD = 'lib/lifetime/native/recipe-ci-guard.c'
const LIFETIME = 'lib/lifetime/lifetime.ts'
const FILE_LOCK = 'lib/lock/file-lock.ts'
const LOCK_FILE = 'lib/lock/lock-file.ts'
const GROUP = 'lib/process/process-group.ts'
const LAST_KILL = "    signal(-pid, 'SIGKILL')\n    await this.#goneWithin(KILL_MS)"

/** The guards of lives and locks: taken out, a test must fail. docs/concurrency.md prints the table. */
// prettier-ignore
export const GUARDS: readonly Guard[] = [
  // Locks.
  out('a lock counts only while its path names the locked file', LOCK_FILE, ["{ outcome: stillNames(path, fd) ? 'won' : 'replaced' }", "{ outcome: 'won' }"]).by('concurrency/lock', 'a waiter whose file was unlinked retries on the live path'),
  out('only our own lockfile is unlinked', FILE_LOCK, ['if (this.#fd !== undefined && stillNames(this.path, this.#fd))', 'if (this.#fd !== undefined)']).by('concurrency/janitor', 'a lockfile that is replaced after its listing is never unlinked'),
  out('a waiter that gave up lets go of what its child may have won', FILE_LOCK, ['if (!kept) closeSync(opened.fd)', 'void kept']).by('concurrency/lock', 'a wait that ends when it has just won holds nothing'),
  out('no link is followed to a lockfile', LOCK_FILE, ['constants.O_RDWR | constants.O_NOFOLLOW', 'constants.O_RDWR']).by('concurrency/lock-places', 'links and FIFOs are never followed, written to or waited for'),
  out('what is no regular file is never locked', LOCK_FILE, ['if (!fstatSync(fd).isFile())', 'if (fd < 0)']).by('concurrency/lock-places', 'links and FIFOs are never followed, written to or waited for'),
  out('the locks of a run are taken in sorted order', 'lib/lock/acquire-all.ts', ['[...new Set(domains)].sort()', '[...new Set(domains)]']).by('concurrency/lock', 'the locks of a run are taken in sorted order, each once, all or none'),
  out('of several locks all are taken or none', 'lib/lock/acquire-all.ts', ['for (const lock of locks) lock.release()', '']).by('concurrency/lock', 'the locks of a run are taken in sorted order, each once, all or none'),
  // Lives.
  out('the parent is compared after the signal for its death is armed', GUARD, ['if (parent != 0 && parent != expected)', 'if (parent == -1)']).by('concurrency/parent-death', 'a parent that is gone before the guard is armed is noticed, and nothing starts'),
  out('the kernel tells of the parent’s death', GUARD, ['if (prctl(PR_SET_PDEATHSIG, signal) != 0)', 'if (signal < 0)']).by('concurrency/parent-death', 'a harness whose shell is SIGKILLed gets TERM at once, tears down and leaves with 143'),
  out('the harness compares its parent too', LIFETIME, ['if (ppid !== 0 && ppid !== expected) this.#refuse(expected, ppid)', '']).by('concurrency/parent-death', 'a harness that is not the child of the parent it was promised to does not start'),
  out('the parent is looked at once a second besides', LIFETIME, ['if (this.#process.ppid !== ppid && !this.#inTeardown)', 'if (this.#process.ppid === -1)']).by('concurrency/parent-death', 'a harness that no guard was armed for still notices that its parent is gone'),
  out('a launcher whose parent is pid 1 refuses', 'bin/recipe-ci', ['if orphaned; then', 'if false; then']).by('concurrency/parent-death', 'pid 1 as parent means orphaned'),
  out('the first reason wins', LIFETIME, ["    if (this.#inTeardown) {\n      this.#note('ignored', source)\n      return\n    }\n", '']).by('concurrency/lifetime', 'the first reason wins; what comes later is noted and changes nothing'),
  out('the code of an early end stays', LIFETIME, ['this.#end?.code ?? code', 'code']).by('concurrency/lifetime', 'a signal ends the run, teardown runs, and the code tells which'),
  out('the exit code is a fault until the door says otherwise', LIFETIME, ['process.exitCode = EXIT.fault', 'process.exitCode = EXIT.green']).by('concurrency/lifetime', 'a run that waits for something that never comes is a fault, never green'),
  out('an exception that nobody caught leads to the teardown', LIFETIME, ["this.#process.on('uncaughtException', bug('uncaught exception'))", '']).by('concurrency/lifetime', 'a bug ends the run with 1, after teardown'),
  out('a promise that never settles leads to the teardown', LIFETIME, ["this.#process.once('beforeExit', () => {", "this.#process.once('never', () => {"]).by('concurrency/lifetime', 'a run that waits for something that never comes is a fault, never green'),
  out('a reader that went away ends nothing', LIFETIME, ["stream.on('error', () => undefined)", 'void stream']).by('concurrency/lifetime', 'a reader of our output'),
  out('the deadline ends a run', LIFETIME, ["this.#begin('deadline', SIGNALS.SIGALRM)", '']).by('concurrency/lifetime', 'the deadline ends a run with 142 after teardown, whatever child hangs'),
  out('a blocked event loop is ended from outside', LIFETIME, ['if (guard !== undefined) void this.#startWatchdog', 'if (guard === "") void this.#startWatchdog']).by('concurrency/lifetime', 'a blocked event loop'),
  out('a teardown has a budget', LIFETIME, ["void this.leave(EXIT.fault)\n", '']).by('concurrency/lifetime', 'a teardown that exceeds its budget is left behind, with the code of the first reason'),
  out('the exit door waits for a slow reader', 'lib/lifetime/exit-door.ts', ['await Promise.all([flush(process.stdout), flush(process.stderr)])', 'await Promise.resolve()']).by('concurrency/lifetime', 'a reader of our output'),
  out('the exit door leaves a reader that stands still', 'lib/lifetime/exit-door.ts', ['if (now - progressAt > STUCK_MS || now - startedAt > SLOW_MS) return', 'if (now < 0) return']).by('concurrency/lifetime', 'a reader of our output'),
  out('a signal is heard before what it broke is judged', 'lib/lifetime/signals-heard.ts', ['  await setImmediate()\n  await setImmediate()\n', '']).by('unit/lifetime/signals-heard', 'a signal that came with what broke is heard before anybody judges what broke'),
  // The step.
  out('the step waits again after a signal', STEP, ['kill -0 "$child" 2>/dev/null || gone=1', 'break']).by('concurrency/step', 'the step under dash'),
  out('the step believes a wait only once it has seen the end of the harness', STEP, ['kill -0 "$child" 2>/dev/null || gone=1', '[ -z "$got" ] || gone=1']).by('concurrency/step', 'a storm of TERM ends the step neither before the teardown nor with another code'),
  out('the step sends its TERM to the whole group', STEP, ['until kill -TERM "-$child" 2>/dev/null; do', 'until true; do']).by('concurrency/step', 'the step under dash'),
  out('the harness has a session of its own', STEP, ['RECIPE_CI_STEP=$$ setsid "$harness"', 'RECIPE_CI_STEP=$$ "$harness"']).by('concurrency/step', 'TERM to the group leaves the commands of a teardown alone, also the second'),
  out('the step makes 142 of the KILL of the backstop', STEP, ['then code=142; fi', 'then code=137; fi']).by('concurrency/step', 'the step under dash'),
  out('no job control: it would make setsid fork', STEP, ['set +m #', ': #']).by('concurrency/step', 'a shell with job control waits for the harness all the same'),
  // Children.
  out('a child gets its TERM', GROUP, ["    signal(-pid, 'SIGTERM')\n", '']).by('concurrency/children', 'a child may use its grace to end in order'),
  out('the guard sweeps what left the group', GROUP, ["signal(pid, 'SIGUSR2')", 'void SWEEP_MS']).by('concurrency/children', 'at its deadline a child is killed with all that it started, also what ignores TERM or left its group'),
  out('the last KILL goes to the whole group', GROUP, [LAST_KILL, '    await this.#goneWithin(KILL_MS)']).by('concurrency/children-guards', 'a guard that stands still goes at the deadline, with all of its group'),
  out('without the native guard a child leads a group of its own', 'lib/process/live-child.ts', ['    detached: true,', '    detached: false,']).by('concurrency/children-guards', 'without the native helper a child and its group end at the deadline too'),
  out('without the native guard the rest of a group ends with its child', GROUP, ["if (this.#options.kind === 'setpriv') signal", "if (this.#options.kind === undefined) signal"]).by('concurrency/children-guards', 'without the native helper what a child leaves in its group ends with it'),
  out('what left the group comes back to the guard', GUARD, ['prctl(PR_SET_CHILD_SUBREAPER, 1);', '']).by('concurrency/children', 'nothing that a child started outlives it, and who holds its output cannot hold us'),
  out('the guard is started by its descriptor', 'lib/process/guard.ts', ['heldOpen(path) ?? path', 'path']).by('concurrency/children-guards', 'the file of the guard may go between any two of our steps'),
  out('a child dies with its guard', GUARD, ['    prctl(PR_SET_PDEATHSIG, SIGKILL);\n', '']).by('concurrency/children', 'a guard that is SIGKILLed takes its child along'),
  out('no descriptor of ours is in a child', GUARD, ['    close_from(first, failure[1] - 1);\n', '']).by('concurrency/children', 'descriptors that we got ourselves without asking stop at the guard'),
  out('the end of a thread is not our death', GUARD, ['if (getppid() != 0 && getppid() == options.parent) continue;', '']).by('concurrency/children', 'the end of a mere thread of ours is not our death'),
  // The janitor.
  out('names outside the pattern are never opened', 'lib/domain/names.ts', ['return runAppPattern(suffix).test(text) ?', 'return text.endsWith(suffix) ?']).by('concurrency/janitor-limits', 'lockfiles of names outside the pattern are never opened'),
  out('a lease is read again under the lock', 'lib/janitor/look.ts', ['      const lease = leased(domain, looking)\n', '      const lease = undefined as RunApp | undefined\n']).by('concurrency/janitor-limits', 'a lease that is written just before the lock goes is respected'),
  out('a lease is respected before the lock is touched', 'lib/janitor/look.ts', ['leased(domain, looking) ?? lookAtLock', 'undefined ?? lookAtLock']).by('concurrency/janitor-limits', 'a kept app is left until its lease is over, then reaped with its lease'),
  out('the app goes before its lockfile', 'lib/janitor/reap.ts', ['  await takeDownInTime(lock, reaping)\n  await tidy(lock, reaping)', '  await tidy(lock, reaping)\n  await takeDownInTime(lock, reaping)']).by('concurrency/janitor', 'an app is taken down while its lock is held, and the lockfile goes before the lock'),
  out('a suspect has a minute', 'lib/janitor/reap.ts', ['await Promise.race([world.takeDown(domain, limit), overdue])', 'await world.takeDown(domain, limit)']).by('concurrency/janitor-limits', 'of two hundred suspects the one that hangs is told once, and the others are reaped'),
  out('apps are listed again after locks of no app were won', 'lib/janitor/survey.ts', ['      await sleep(PROOF_GAP_MS)\n      await list(found)\n', '      await Promise.resolve()\n']).by('concurrency/janitor', 'an app that a killed client still makes is not taken for a stale lockfile'),
  out('a glance sees lockfiles', 'lib/janitor/glance.ts', ['[locked, leased, await', '[leased, await']).by('concurrency/janitor-glance', 'a lockfile is more than a glance can settle, and it asks for no lock'),
  out('a glance sees leases', 'lib/janitor/glance.ts', ['[locked, leased, await', '[locked, await']).by('concurrency/janitor-glance', 'a lease is more than a glance can settle, and it asks for no lock'),
  out('a glance sees apps', 'lib/janitor/glance.ts', ['[locked, leased, await options.domains()]', '[locked, leased]']).by('concurrency/janitor-glance', 'something of an app is more than a glance can settle, and it asks for no lock'),
  out('a record is marked only under its lock', 'lib/janitor/runs.ts', ["if (probed.outcome !== 'won') return []", "if (probed.outcome === 'absent') return []"]).by('concurrency/janitor-runs', 'the record of a run that lives is left alone'),
  // Records.
  out('the record comes before the event', 'lib/report/report.ts', ['sinks.splice(observers, 0, {', 'sinks.splice(sinks.length, 0, {']).by('concurrency/record', 'nobody knows of the end of a tier before the record does'),
  out('a backup of somebody else is told by its date', 'lib/backup/restic-output.ts', ['return before.atMs === undefined || atMs === undefined || atMs >= before.atMs - SLACK_MS', 'return true']).by('unit/backup/snapshots', 'an early listing stays good: what came before the backup is told by its date'),
  // On a real Swarm.
  out('a run leaves its working directory', 'lib/cli/perform.ts', ["    process.chdir('/')\n    const { performRun }", '    const { performRun }']).by('e2e/lives/step-killed', 'a cancel in the middle of install, workspace and all: torn down and recorded'),
  out('a network goes when no task of it is left', 'lib/swarm/take-down-steps.ts', ["kinds: ['service', 'task', 'container'], first: 'container'", "kinds: ['service'], first: 'container'"]).by('e2e/lives/teardown-addresses', 'the addresses of a shared network are given back, cycle after cycle'),
  out('data goes last', 'lib/swarm/take-down.ts', ['    for (const step of STEPS_TO_NETWORKS) {', '    for (const step of STEPS_TO_DATA) await this.#clear(step)\n    for (const step of STEPS_TO_NETWORKS) {']).by('e2e/lives/teardown', 'no env file, no recipe and no abra folder are needed'),
  out('an app is counted twice', 'lib/swarm/census.ts', ['  if (first.length > 0) return first\n', '  if (first.length >= 0) return first\n']).by('contract/census', 'what the engine finishes between two counts is still found'),
  out('whatever the Engine keeps makes a suspect', 'lib/swarm/suspects.ts', ['ENGINE_KINDS.map(kind', 'ENGINE_KINDS.slice(0, 3).map(kind']).by('contract/suspects', 'a lone secret is a suspect already at a glance, and no lock is asked for'),
  out('an env file makes a suspect', 'lib/janitor/engine-domains.ts', ['envDomains.filter(', '[].filter(']).by('contract/suspects', 'a lone env is a suspect already at a glance, and no lock is asked for'),
  out('what a crashed holder left goes before anything of ours comes', 'lib/cli/wiring/run-teardown.ts', ['if (found.length === 0) return', 'if (found.length >= 0) return']).by('e2e/lives/killed', 'a run that waits behind a holder which is killed removes the old app before its own'),
  out('nothing is created over what an earlier run left', 'lib/cli/wiring/run-teardown.ts', ['  if (clean) return\n', '  if (clean || left.length > 0) return\n']).by('e2e/lives/killed', 'nothing is created over what an earlier run left and what does not go'),
  out('an Engine that is away is waited for', 'lib/swarm/take-down.ts', ['if (counted.error === null || over) return', 'if (counted.error !== undefined || over) return']).by('e2e/lives/teardown', 'an Engine that is away for a while is waited for, and the app goes'),
  out('an app is counted before it is created', 'lib/run/create-app.ts', ['  await ports.countDeploy()\n', '']).by('e2e/run-good', 'a recipe without data skips backup and restore for a stated reason'),
  out('env files lie where every janitor looks', 'lib/recipe/abra-dir.ts', ['    await symlink(real ?? target, join(path, part))', "    await (part === 'servers' ? mkdir(join(path, part, 'default'), { recursive: true }) : symlink(real ?? target, join(path, part)))"]).by('contract/abra-dir', 'what abra writes into the folder of a run outlives the run'),
]
