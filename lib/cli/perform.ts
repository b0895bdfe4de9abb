import type { ExitCode } from '../errors.js'
import type { CommandName } from './line/commands.js'
import { readDoctorRequest } from './requests/doctor-request.js'
import { gather, type Surroundings } from './requests/host-config.js'
import type { Host } from './host.js'
import type { Sources } from './line/read-option.js'

type Asked = {
  /** Values from the command line; see {@link Sources}. */
  readonly line: Sources['line']
  readonly around: Surroundings
  readonly host: Host
}

/** Each reads its request first, so that a malformed one touches nothing; then leaves the working directory. */
const COMMANDS: Readonly<Record<CommandName, (asked: Asked) => Promise<ExitCode>>> = {
  run: async ({ line, around, host }) => {
    const { readRunRequest } = await import('./requests/run-request.js')
    const request = readRunRequest(await gather(line, around), around)
    process.chdir('/')
    const { performRun } = await import('./wiring/ports-run.js')
    return performRun(request, host)
  },
  janitor: async ({ line, around, host }) => {
    const { readJanitorRequest } = await import('./requests/janitor-request.js')
    const request = readJanitorRequest(await gather(line, around), around)
    process.chdir('/')
    const { performJanitor } = await import('./wiring/ports-janitor.js')
    return performJanitor(request, host)
  },
  fetch: async ({ line, around, host }) => {
    const { readFetchRequest } = await import('./requests/requests.js')
    const request = readFetchRequest(await gather(line, around), around)
    process.chdir('/')
    const { performFetch } = await import('./wiring/ports-fetch.js')
    return performFetch(request, host)
  },
  'setup-abra-dir': async ({ line, around, host }) => {
    const { readSetupRequest } = await import('./requests/requests.js')
    const request = readSetupRequest(await gather(line, around), around)
    process.chdir('/')
    const { performSetup } = await import('./wiring/ports-setup.js')
    return performSetup(request, host)
  },
  doctor: async ({ line, around, host }) => {
    const request = await readDoctorRequest(line, around)
    process.chdir('/')
    const { performDoctor } = await import('./wiring/ports-doctor.js')
    return performDoctor(request, host)
  },
  config: async ({ line, around, host }) => {
    const { readConfigRequest } = await import('./requests/requests.js')
    const request = readConfigRequest(await gather(line, around), around)
    const { performConfig } = await import('./wiring/ports-config.js')
    return performConfig(request, host)
  },
  completion: async ({ line, around, host }) => {
    const { readCompletionRequest } = await import('./requests/requests.js')
    const request = readCompletionRequest(line, around)
    const { performCompletion } = await import('./wiring/ports-completion.js')
    return performCompletion(request, host)
  },
  selftest: async ({ line, around, host }) => {
    const { readSelftestRequest } = await import('./requests/selftest-request.js')
    const request = readSelftestRequest(await gather(line, around), around)
    process.chdir('/')
    const { performSelftest } = await import('./wiring/ports-selftest.js')
    return performSelftest(request, host)
  },
}

export async function perform(command: CommandName, asked: Asked): Promise<ExitCode> {
  return COMMANDS[command](asked)
}
