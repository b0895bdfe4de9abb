import type { CompletionRequest } from '../../domain/request.js'
import { bashScript } from './bash.js'
import { fishScript } from './fish.js'
import type { CommandWords } from './words.js'
import { zshScript } from './zsh.js'

type Shell = CompletionRequest['shell']

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** The completion script of one shell: plain text that calls no program, so a key press costs no start of Node. */
export function scriptFor(shell: Shell, commands: readonly CommandWords[]): string {
  return SCRIPTS[shell](commands)
}
