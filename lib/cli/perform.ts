import type { ExitCode } from '../errors.js'
import type { CommandName } from './commands.js'
import type { Surroundings } from './host-config.js'
import type { Host } from './host.js'
import type { Sources } from './read-option.js'
import { readFetchRequest, readJanitorRequest, readSetupRequest } from './requests.js'
import { readRunRequest } from './run-request.js'

type Asked = {
  readonly sources: Sources
  readonly around: Surroundings
  readonly host: Host
}

/** Each reads its request first, so that a malformed one touches nothing; then leaves the working directory. */
const COMMANDS: Readonly<Record<CommandName, (asked: Asked) => Promise<ExitCode>>> = {
  run: async ({ sources, around, host }) => {
    const request = readRunRequest(sources, around)
    process.chdir('/')
    const { performRun } = await import('./ports-run.js')
    return performRun(request, host)
  },
  janitor: async ({ sources, around, host }) => {
    const request = readJanitorRequest(sources, around)
    process.chdir('/')
    const { performJanitor } = await import('./ports-janitor.js')
    return performJanitor(request, host)
  },
  fetch: async ({ sources, around, host }) => {
    const request = readFetchRequest(sources, around)
    process.chdir('/')
    const { performFetch } = await import('./ports-fetch.js')
    return performFetch(request, host)
  },
  'setup-abra-dir': async ({ sources, around, host }) => {
    const request = readSetupRequest(sources, around)
    process.chdir('/')
    const { performSetup } = await import('./ports-setup.js')
    return performSetup(request, host)
  },
}

export async function perform(command: CommandName, asked: Asked): Promise<ExitCode> {
  return COMMANDS[command](asked)
}
