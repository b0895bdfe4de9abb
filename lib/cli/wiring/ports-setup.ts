import { setupAbraDir } from '../../commands/setup-abra-dir.js'
import type { SetupRequest } from '../../domain/request.js'
import type { ExitCode } from '../../errors.js'
import type { Host } from '../host.js'
import { printer } from './printer.js'

/** `recipe-ci setup-abra-dir`: the line that it prints is for a shell's `eval`, so nothing in it is masked. */
export async function performSetup(request: SetupRequest, { stdout }: Host): Promise<ExitCode> {
  return setupAbraDir(request, { print: printer(stdout, text => text) })
}
