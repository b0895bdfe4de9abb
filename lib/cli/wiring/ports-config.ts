import { config } from '../../commands/config.js'
import type { ConfigRequest } from '../../domain/request.js'
import type { ExitCode } from '../../errors.js'
import type { Host } from '../host.js'
import { printer } from './printer.js'
import { learnSecrets } from './secrets.js'

/** `recipe-ci config`: every value that is shown passes through the mask. */
export async function performConfig(request: ConfigRequest, host: Host): Promise<ExitCode> {
  const { mask } = (await learnSecrets(request.around, host.env)).mask
  host.maskWith(mask)
  return config(request, { print: printer(host.stdout, mask) })
}
