import { nearest } from './nearest.js'

/** How the self-test makes a process come past a point: the least of a run, or of a sweep, that does. */
export type CrashScenario =
  | 'install'
  | 'upgrade'
  | 'backup'
  | 'restore'
  | 'custom'
  | 'fresh'
  | 'keep'
  | 'replace'
  | 'reap'
  | 'lease'
  | 'record'
  | 'trim'

type Entry = {
  readonly name: string
  readonly by: CrashScenario
  /** What has just happened, in one line. */
  readonly meaning: string
}

/**
 * Every side effect of a run, and of a sweep, in the order in which they come: the places at which the self-test kills the
 * process. The number of a point is its place in this list. A point lies right behind its side effect; one that ends in
 * `.sent` lies where the program that was asked is running, one that ends in `.working` where it has begun to change things.
 */
// prettier-ignore
export const CRASH_POINTS = [
  { name: 'folder.begun',        by: 'install', meaning: 'a folder for the record exists, nothing in it yet' },
  { name: 'folder.made',         by: 'install', meaning: 'the run folder exists and its run.lock is held' },
  { name: 'record.begun',        by: 'install', meaning: 'results.json was written for the first time' },
  { name: 'abra-dir.made',       by: 'install', meaning: 'the abra folder of the run exists' },
  { name: 'janitor.swept',       by: 'install', meaning: 'the sweep before the run is done' },
  { name: 'recipe.fetched',      by: 'install', meaning: 'the recipe is cloned at its head' },
  { name: 'lint.sent',           by: 'install', meaning: 'abra lints a scratch clone' },
  { name: 'images.pulled',       by: 'install', meaning: 'every image is on the host' },
  { name: 'lockfile.made',       by: 'install', meaning: 'the lockfile is open, not locked yet' },
  { name: 'lock.won',            by: 'install', meaning: 'the lock is held, the lockfile does not say by whom' },
  { name: 'lock.noted',          by: 'install', meaning: 'the lockfile says who holds the lock' },
  { name: 'app.counted',         by: 'install', meaning: 'the app is counted, not created yet' },
  { name: 'app.sent',            by: 'install', meaning: 'abra is creating the app' },
  { name: 'app.created',         by: 'install', meaning: 'the env file is written' },
  { name: 'env.drafted',         by: 'install', meaning: 'the changed env file lies beside the one it will replace' },
  { name: 'env.shaped',          by: 'install', meaning: 'the env file is changed for CI' },
  { name: 'secrets.sent',        by: 'install', meaning: 'abra is generating secrets' },
  { name: 'secrets.generated',   by: 'install', meaning: 'every secret is on the swarm' },
  { name: 'steps.sent',          by: 'install', meaning: 'the install steps of the recipe are running' },
  { name: 'overlay.placed',      by: 'install', meaning: 'untracked files are copied into the checkout' },
  { name: 'deploy.sent',         by: 'install', meaning: 'abra is deploying' },
  { name: 'deploy.working',      by: 'install', meaning: 'abra is deploying, and a service of the app exists' },
  { name: 'deploy.returned',     by: 'install', meaning: 'abra has deployed, nothing has converged' },
  { name: 'deploy.converged',    by: 'install', meaning: 'every service of the app runs' },
  { name: 'canary.written',      by: 'upgrade', meaning: 'canaries are in volumes and databases' },
  { name: 'upgrade.sent',        by: 'upgrade', meaning: 'abra is deploying the head over the base' },
  { name: 'upgrade.working',     by: 'upgrade', meaning: 'abra is deploying the head, and a service has changed' },
  { name: 'upgrade.returned',    by: 'upgrade', meaning: 'abra has deployed the head, tasks are being replaced' },
  { name: 'upgrade.converged',   by: 'upgrade', meaning: 'every service runs the head' },
  { name: 'snapshot.sent',       by: 'backup',  meaning: 'abra has asked the backup bot for a snapshot' },
  { name: 'snapshot.taken',      by: 'backup',  meaning: 'the snapshot is in the repository' },
  { name: 'canary.changed',      by: 'restore', meaning: 'the canaries hold other values than the snapshot' },
  { name: 'restore.sent',        by: 'restore', meaning: 'abra has asked the backup bot for a restore' },
  { name: 'restore.returned',    by: 'restore', meaning: 'the backup bot has restored' },
  { name: 'fresh.emptied',       by: 'fresh',   meaning: 'services and volumes are gone, secrets and env file are not' },
  { name: 'fresh.sent',          by: 'fresh',   meaning: 'abra is deploying once more, into empty volumes' },
  { name: 'fresh.working',       by: 'fresh',   meaning: 'abra is deploying once more, and a service exists' },
  { name: 'fresh.returned',      by: 'fresh',   meaning: 'abra has deployed once more' },
  { name: 'fresh.converged',     by: 'fresh',   meaning: 'every service runs once more' },
  { name: 'custom.sent',         by: 'custom',  meaning: 'a custom test is running' },
  { name: 'lease.drafted',       by: 'keep',    meaning: 'the lease lies beside the place it will be read from' },
  { name: 'lease.written',       by: 'keep',    meaning: 'the lease of a kept app is on disk' },
  { name: 'lease.dropped',       by: 'replace', meaning: 'the lease of the app that is replaced is gone, the app is not' },
  { name: 'teardown.service',    by: 'install', meaning: 'a service is removed, others are not' },
  { name: 'teardown.container',  by: 'install', meaning: 'a container is removed by force' },
  { name: 'teardown.network',    by: 'install', meaning: 'a network is removed' },
  { name: 'teardown.sent',       by: 'install', meaning: 'abra is removing its part' },
  { name: 'teardown.volume',     by: 'install', meaning: 'a volume is removed' },
  { name: 'teardown.secret',     by: 'install', meaning: 'a secret is removed' },
  { name: 'teardown.config',     by: 'install', meaning: 'a config is removed' },
  { name: 'teardown.env',        by: 'install', meaning: 'the env file is removed' },
  { name: 'lockfile.unlinked',   by: 'install', meaning: 'the lockfile is gone, the lock is held' },
  { name: 'record.replaced',     by: 'install', meaning: 'results.json says finished' },
  { name: 'reports.written',     by: 'install', meaning: 'the other reports are in the run folder' },
  { name: 'orphan.noted',        by: 'reap',    meaning: 'a sweep holds the lock of an orphan' },
  { name: 'reap.service',        by: 'reap',    meaning: 'a sweep has removed a service' },
  { name: 'reap.container',      by: 'reap',    meaning: 'a sweep has removed a container' },
  { name: 'reap.network',        by: 'reap',    meaning: 'a sweep has removed a network' },
  { name: 'reap.volume',         by: 'reap',    meaning: 'a sweep has removed a volume' },
  { name: 'reap.secret',         by: 'reap',    meaning: 'a sweep has removed a secret' },
  { name: 'reap.config',         by: 'reap',    meaning: 'a sweep has removed a config' },
  { name: 'reap.env',            by: 'reap',    meaning: 'a sweep has removed the env file' },
  { name: 'reap.lease',          by: 'lease',   meaning: 'a sweep has removed the lease that is over, not the lockfile' },
  { name: 'reap.unlinked',       by: 'reap',    meaning: 'a sweep has removed the lockfile and holds the lock' },
  { name: 'record.aborted',      by: 'record',  meaning: 'a sweep has marked a record as aborted' },
  { name: 'trim.begun',          by: 'trim',    meaning: 'a sweep has taken a run folder out of sight' },
] as const satisfies readonly Entry[]

export type CrashPoint = (typeof CRASH_POINTS)[number]['name']

/** What comes past a crash point says so through this. */
export type Reached = (point: CrashPoint) => void

/** What goes away in a teardown, as the points of one are named. */
export type Removed =
  'service' | 'container' | 'network' | 'sent' | 'volume' | 'secret' | 'config' | 'env'

export function isCrashPoint(text: string): text is CrashPoint {
  return CRASH_POINTS.some(({ name }) => name === text)
}

/** The point that a word was most likely meant to be. */
export function nearestCrashPoint(text: string): string {
  return (
    nearest(
      text,
      CRASH_POINTS.map(({ name }) => name),
    ) ?? CRASH_POINTS[0].name
  )
}
