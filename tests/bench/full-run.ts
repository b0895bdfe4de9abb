import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { measure, median, type Sample } from './measure.js'
import type { Place } from './place.js'
import type { Ratio } from './table.js'

export type Subject = {
  readonly recipe: 'site' | 'notes'
  readonly limit: number
  /** The version that the upgrade starts from. */
  readonly base: string
  readonly healthPath: string
  /** What the floor has to do besides, as floor.sh takes it. */
  readonly data: Readonly<Record<string, string>>
}

export const SUBJECTS: readonly Subject[] = [
  { recipe: 'site', limit: 1.25, base: '1.0.0+1.0', healthPath: '/', data: {} },
  {
    recipe: 'notes',
    limit: 1.15,
    base: '1.1.0+1.1',
    healthPath: '/healthz',
    data: {
      FILES: 'app:/srv/uploads db:/var/lib/postgresql/data',
      ROWS: 'db',
      BACKUP: '1',
    },
  },
]

/** A full run of five tiers against floor.sh, in turn. @throws when either does not end as it should. */
export async function fullRun(place: Place, subject: Subject, rounds: number): Promise<Ratio> {
  const ours: Sample[] = []
  const floors: Sample[] = []
  for (let round = 1; round <= rounds; round++) {
    floors.push(await floor(place, subject))
    ours.push(await run(place, subject, round))
  }
  return {
    what: `recipe-ci run ${subject.recipe}`,
    floor: 'tests/bench/floor.sh',
    oursMs: ours.map(({ ms }) => ms),
    floorMs: floors.map(({ ms }) => ms),
    limit: subject.limit,
    more: [usage(ours), ...(await phases(place, subject, rounds))],
  }
}

async function floor(place: Place, subject: Subject): Promise<Sample> {
  const { lab, root } = place
  const { recipe, base, healthPath, data } = subject
  const abraDir = join(lab.dir, 'floor-abra')
  await rm(abraDir, { recursive: true, force: true })
  await mkdir(join(abraDir, 'servers/default'), { recursive: true })
  await mkdir(join(abraDir, 'recipes'))
  await mkdir(join(abraDir, 'catalogue'))
  const env = {
    ...{ ...place.env, ...data, RECIPE: recipe, BASE: base, HEALTH_PATH: healthPath },
    UPSTREAM: join(lab.upstreamDir, `${recipe}.git`),
    DOMAIN: `floor-${recipe}.${lab.suffix}`,
    ...{ GATEWAY: lab.gateway, CA: lab.ca, ABRA_DIR: abraDir, ABRA_CI: '1' },
  }
  return logged(place, 'floor', async output =>
    measure({ argv: ['sh', `${root}/tests/bench/floor.sh`], env, output }),
  )
}

async function run(place: Place, { recipe }: Subject, round: number): Promise<Sample> {
  const { cli, env } = place
  const argv = [cli, 'run', recipe, '--run-id', `bench-${recipe}-${round}`] as const
  return logged(place, 'run', async output => measure({ argv: [...argv], env, output }))
}

async function logged(
  { lab }: Place,
  name: string,
  act: (output: number) => Promise<Sample>,
): Promise<Sample> {
  const path = join(lab.dir, `bench-${name}.log`)
  await using file = await open(path, 'w')
  const sample = await act(file.fd)
  if (sample.exitCode === 0) return sample
  const tail = (await readFile(path, 'utf8')).split('\n').slice(-30).join('\n')
  throw new Error(`The ${name} ended with ${String(sample.exitCode)}:\n${tail}`)
}

function usage(samples: readonly Sample[]): string {
  const of = (pick: (sample: Sample) => number): number => median(samples.map(pick))
  return [
    `the harness itself: ${of(({ ownCpu }) => ownCpu).toFixed(1)} s CPU`,
    `${of(({ allCpu }) => allCpu).toFixed(1)} s with its children`,
    `${of(({ peakMb }) => peakMb).toFixed(0)} MB at its peak`,
  ].join(', ')
}

type Timing = { readonly phase: string; readonly wall_ms: number; readonly floor_ms: number }

/** Where the time of the last round went, and how much of each phase no harness could save. */
async function phases({ lab }: Place, { recipe }: Subject, rounds: number): Promise<string[]> {
  const path = join(lab.runsDir, `bench-${recipe}-${rounds}`, 'results.json')
  const { timings } = JSON.parse(await readFile(path, 'utf8')) as { timings: readonly Timing[] }
  return timings.map(
    ({ phase, wall_ms, floor_ms }) => `${phase}: ${wall_ms} ms, ${floor_ms} of them not ours`,
  )
}
