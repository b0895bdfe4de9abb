import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { writeWhole } from './places.js'

const ABRA_DIR = join(import.meta.dirname, 'abra')
const CUSTOM_DIR = join(import.meta.dirname, 'recipes/custom')

export type LabPlan = {
  readonly name: string
  readonly dir: string
  readonly suffix: string
  readonly port: number
  readonly ca: string
  readonly dockerHost: string
  /** Of the self-test's recipe. */
  readonly webImage: string
}

/** Where everything of one lab lies, and the environment that points a program at it. */
export type Lab = LabPlan & {
  /** host:port of the lab's Traefik. */
  readonly gateway: string
  /** What `env` holds, for a shell to read. */
  readonly envFile: string
  readonly home: string
  readonly abraDir: string
  readonly runsDir: string
  readonly lockDir: string
  readonly stateDir: string
  readonly recipesDir: string
  /** The recipes as bare git repositories. */
  readonly upstreamDir: string
  readonly configFile: string
  /** Each call of the stand-in appends to it. */
  readonly journal: string
  readonly env: Readonly<Record<string, string>>
}

/** Makes the lab's folders, its abra home, its config file and a file that a shell can read the environment from. */
export async function layOut(plan: LabPlan): Promise<Lab> {
  const lab = placesOf(plan)
  const folders = [
    lab.runsDir,
    lab.lockDir,
    lab.stateDir,
    lab.upstreamDir,
    join(lab.dir, 'secrets'),
  ]
  const abra = [join(lab.abraDir, 'servers/default'), join(lab.abraDir, 'catalogue')]
  for (const folder of [...folders, ...abra]) await mkdir(folder, { recursive: true })
  await writeWhole(lab.configFile, stringify(configOf(lab)))
  const lines = Object.entries(lab.env).map(([name, value]) => `export ${name}='${value}'\n`)
  await writeWhole(lab.envFile, lines.join(''))
  return lab
}

function placesOf(plan: LabPlan): Lab {
  const at = (...parts: string[]): string => join(plan.dir, ...parts)
  const places = {
    gateway: `127.0.0.1:${plan.port}`,
    envFile: at('env'),
    home: at('home'),
    abraDir: at('home/.abra'),
    runsDir: at('runs'),
    lockDir: at('locks'),
    stateDir: at('state'),
    recipesDir: CUSTOM_DIR,
    upstreamDir: at('upstream'),
    configFile: at('config.yml'),
    journal: at('abra-journal.ndjson'),
  }
  const env = {
    HOME: places.home,
    PATH: `${ABRA_DIR}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
    RECIPE_CI_CONFIG: places.configFile,
    ABRA_STANDIN_JOURNAL: places.journal,
    DOCKER_HOST: plan.dockerHost,
    RECIPE_CI_SELFTEST_IMAGE: plan.webImage,
  }
  return { ...plan, ...places, env }
}

function configOf(lab: Lab): Readonly<Record<string, unknown>> {
  return {
    domain: lab.suffix,
    server: 'default',
    gateway: lab.gateway,
    ca: lab.ca,
    upstreamBase: `file://${lab.upstreamDir}`,
    mirrorBase: `file://${lab.upstreamDir}`,
    runsDir: lab.runsDir,
    lockDir: lab.lockDir,
    recipesDir: lab.recipesDir,
    stateDir: lab.stateDir,
    secretsDir: join(lab.dir, 'secrets'),
  }
}
