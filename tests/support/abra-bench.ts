import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createAbra, type Abra, type AbraOptions } from '../../lib/abra/abra.js'
import type { HappeningBody } from '../../lib/domain/events.js'
import { createMask } from '../../lib/report/mask.js'
import { realRunner } from './runner.js'
import type { StandIn } from './stand-in.js'

/** Our adapter beside the stand-in: what it is given, and what it leaves. */
export type AbraBench = {
  readonly dir: string
  readonly stateDir: string
  readonly happenings: readonly HappeningBody[]
  /** Opens the adapter; switches are the stand-in's, by name. */
  readonly open: (
    switches?: Readonly<Record<string, string>>,
    options?: Partial<AbraOptions>,
  ) => Promise<Abra>
  /** Everything that was logged of calls. */
  readonly logs: () => Promise<string>
  /** The calls the stand-in saw that begin so, help aside. */
  readonly calls: (...words: readonly string[]) => Promise<readonly (readonly string[])[]>
}

export async function abraBench(t: Test, standIn: StandIn): Promise<AbraBench> {
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-abra-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  const happenings: HappeningBody[] = []
  const mask = createMask()
  const run = await realRunner(mask.mask)
  const logDir = join(dir, 'logs')
  await mkdir(logDir)
  // A state folder for each opening: a switch changes the help, not the program.
  const stateDir = join(dir, 'state')
  return {
    dir,
    stateDir,
    happenings,
    logs: () => textsOf(logDir),
    calls: (...words) => callsOf(standIn, words),
    open: (switches = {}, options = {}) =>
      createAbra({
        run,
        env: { ...standIn.env, ...asVariables(switches) },
        abraDir: standIn.abraDir,
        server: 'default',
        logDir,
        stateDir: `${stateDir}-${randomBytes(3).toString('hex')}`,
        emit: happening => happenings.push(happening),
        addSecret: mask.add,
        ...options,
      }),
  }
}

function asVariables(switches: Readonly<Record<string, string>>): Record<string, string> {
  const variables = Object.entries(switches).map(([name, value]) => [`ABRA_STANDIN_${name}`, value])
  return Object.fromEntries(variables) as Record<string, string>
}

async function textsOf(dir: string): Promise<string> {
  const names = await readdir(dir)
  const texts = await Promise.all(names.map(name => readFile(join(dir, name), 'utf8')))
  return texts.join('')
}

async function callsOf(
  standIn: StandIn,
  words: readonly string[],
): Promise<readonly (readonly string[])[]> {
  return (await standIn.journal())
    .filter(({ event }) => event === 'begin')
    .map(({ argv }) => argv)
    .filter(argv => words.every((word, at) => argv[at] === word) && !argv.includes('--help'))
}
