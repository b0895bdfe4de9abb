import { parseAllDocuments } from 'yaml'
import { substitute } from './substitute.js'

type Values = Readonly<Record<string, string>>

export type Pipeline = {
  readonly kind: string
  readonly type: string
  readonly name: string
  readonly platform?: { readonly os?: string; readonly arch?: string }
  readonly trigger?: { readonly event?: readonly string[] }
  readonly concurrency?: unknown
  readonly steps: readonly Step[]
}

type Step = {
  readonly name: string
  readonly environment?: Values
  readonly commands: readonly string[]
}

/** What somebody asked the server for. */
export type Build = {
  readonly event: string
  /** Of a custom build: from the query of the call, names and values as they are. */
  readonly params?: Values
}

/** What the runner on the host brings along. */
export type Runner = {
  /** Its process environment: of it only PATH and USER go on. */
  readonly env: Values
  /** Its files of variables for steps. */
  readonly environ?: Values
}

export type CompiledStep = {
  readonly name: string
  /** The text of the file that /bin/sh -e is given. */
  readonly script: string
  /** All that the shell finds in its environment, but for the folders, which exist only when it runs. */
  readonly env: (root: string) => Values
}

/** The pipelines that answer to an event: without a list of events, to each. */
export function triggered(text: string, { event, params = {} }: Build): readonly Pipeline[] {
  return parseAllDocuments(substitute(text, { ...params, DRONE_BUILD_EVENT: event }))
    .map(document => {
      const [error] = document.errors
      if (error !== undefined) throw error
      return document.toJS() as Pipeline | null
    })
    .filter(pipeline => pipeline !== null)
    .filter(({ trigger }) => trigger?.event?.includes(event) ?? true)
}

/** The steps that a build of this file runs, pipeline by pipeline. */
export function compile(text: string, build: Build, runner: Runner): readonly CompiledStep[] {
  return triggered(text, build).flatMap(({ steps }) =>
    steps.map(step => ({
      name: step.name,
      script: scriptOf(step.commands),
      env: (root: string) => environmentOf(step, { build, runner, root }),
    })),
  )
}

/** The runner shows each command in double quotes, in which backticks live, and then has it run. */
function scriptOf(commands: readonly string[]): string {
  const lines = commands.map(command => {
    const shown = JSON.stringify(command).replaceAll('$', '\\$')
    return `\necho + ${shown}\n${command}\n`
  })
  return `\nset -e\n${lines.join('')}`
}

type Place = { readonly build: Build; readonly runner: Runner; readonly root: string }

/** Later wins: host, runner, parameters, Drone's own, the folders of the build, the step, Drone's own again. */
function environmentOf(step: Step, { build, runner, root }: Place): Values {
  const { PATH, USER } = runner.env
  const home = `${root}/home/drone`
  const source = `${root}/drone/src`
  const drone = {
    CI: 'true',
    DRONE: 'true',
    DRONE_BUILD_EVENT: build.event,
    DRONE_BUILD_NUMBER: '7',
    DRONE_STEP_NAME: step.name,
  }
  return {
    ...(PATH ? { PATH } : {}),
    ...(USER ? { USER } : {}),
    ...runner.environ,
    ...build.params,
    ...drone,
    ...{ HOME: home, HOMEPATH: home, USERPROFILE: home, DRONE_HOME: source },
    ...{ DRONE_WORKSPACE: source, GIT_TERMINAL_PROMPT: '0' },
    ...withPath(step.environment ?? {}, runner),
    ...drone,
  }
}

/** In a step's PATH, and only there, `$NAME` is the runner's own. */
function withPath(environment: Values, { env }: Runner): Values {
  const { PATH } = environment
  if (PATH === undefined) return environment
  return { ...environment, PATH: PATH.replaceAll(/\$(\w+)/g, (_, name: string) => env[name] ?? '') }
}
