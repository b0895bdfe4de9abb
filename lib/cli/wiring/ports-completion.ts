import type { CompletionRequest } from '../../domain/request.js'
import { EXIT, type ExitCode } from '../../errors.js'
import { completionWords } from '../completion/words.js'
import type { Host } from '../host.js'

/** `recipe-ci completion`: the script of one shell, made from the registry of options. */
export async function performCompletion(
  { shell }: CompletionRequest,
  { stdout }: Host,
): Promise<ExitCode> {
  const { scriptFor } = await import('../completion/script.js')
  stdout.write(scriptFor(shell, completionWords()))
  return EXIT.green
}
