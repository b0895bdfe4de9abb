import type { ExitCode } from '../errors.js'
import type { CommandName } from './commands.js'
import { readDoctorRequest } from './doctor-request.js'
import { gather, type Surroundings } from './host-config.js'
import type { Host } from './host.js'
import type { Sources } from './read-option.js'

type Asked = {
  /** Values from the command line; see {@link Sources}. */
  readonly line: Sources['line']
  readonly around: Surroundings
  readonly host: Host
}

/** Each reads its request first, so that a malformed one touches nothing; then leaves the working directory. */
const COMMANDS: Readonly<Record<CommandName, (asked: Asked) => Promise<ExitCode>>> = {
  run: async ({ line, around, host }) => {
    const { readRunRequest } = await import('./run-request.js')
    const request = readRunRequest(await gather(line, around), around)
    process.chdir('/')
    const { performRun } = await import('./ports-run.js')
    return performRun(request, host)
  },
  janitor: async ({ line, around, host }) => {
    const { readJanitorRequest } = await import('./janitor-request.js')
    const request = readJanitorRequest(await gather(line, around), around)
    process.chdir('/')
    const { performJanitor } = await import('./ports-janitor.js')
    return performJanitor(request, host)
  },
  fetch: async ({ line, around, host }) => {
    const { readFetchRequest } = await import('./requests.js')
    const request = readFetchRequest(await gather(line, around), around)
    process.chdir('/')
    const { performFetch } = await import('./ports-fetch.js')
    return performFetch(request, host)
  },
  'setup-abra-dir': async ({ line, around, host }) => {
    const { readSetupRequest } = await import('./requests.js')
    const request = readSetupRequest(await gather(line, around), around)
    process.chdir('/')
    const { performSetup } = await import('./ports-setup.js')
    return performSetup(request, host)
  },
  doctor: async ({ line, around, host }) => {
    const request = await readDoctorRequest(line, around)
    process.chdir('/')
    const { performDoctor } = await import('./ports-doctor.js')
    return performDoctor(request, host)
  },
  config: async ({ line, around, host }) => {
    const { readConfigRequest } = await import('./requests.js')
    const request = readConfigRequest(await gather(line, around), around)
    const { performConfig } = await import('./ports-config.js')
    return performConfig(request, host)
  },
  completion: async ({ line, around, host }) => {
    const { readCompletionRequest } = await import('./requests.js')
    const request = readCompletionRequest(line, around)
    const { performCompletion } = await import('./ports-completion.js')
    return performCompletion(request, host)
  },
  selftest: async ({ line, around, host }) => {
    const { readSelftestRequest } = await import('./selftest-request.js')
    const request = readSelftestRequest(await gather(line, around), around)
    process.chdir('/')
    const { performSelftest } = await import('./ports-selftest.js')
    return performSelftest(request, host)
  },
}

export async function perform(command: CommandName, asked: Asked): Promise<ExitCode> {
  return COMMANDS[command](asked)
}
