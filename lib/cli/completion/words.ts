import { COMMANDS } from '../line/commands.js'
import type { Option } from '../line/option.js'

/** What may stand behind an option, or as an argument. */
export type Offer =
  | { readonly kind: 'none' }
  | { readonly kind: 'anything' | 'file' | 'folder' | 'recipe' }
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly isList: boolean }

export type OptionWords = {
  /** `--runs-dir` */
  readonly name: string
  readonly help: string
  readonly value: Offer
}

export type CommandWords = {
  readonly name: string
  readonly summary: string
  readonly argument: Offer
  readonly options: readonly OptionWords[]
}

const HELP: OptionWords = { name: '--help', help: 'print this help', value: { kind: 'none' } }

/** The whole command line as shells complete it: commands, their options, and what each of them takes. */
export function completionWords(): readonly CommandWords[] {
  return Object.entries(COMMANDS).map(([name, { summary, argument, options }]) => ({
    name,
    summary,
    argument: argument === undefined ? { kind: 'none' } : offerOf(argument),
    options: [...options.map(wordsOf), HELP],
  }))
}

function wordsOf(option: Option<unknown>): OptionWords {
  const [name = ''] = (option.flags ?? '').split(' ')
  return { name, help: option.help, value: offerOf(option) }
}

const BY_PLACEHOLDER: Readonly<Record<string, Offer>> = {
  dir: { kind: 'folder' },
  file: { kind: 'file' },
  recipe: { kind: 'recipe' },
}

/** By what `--help` calls the value: `<dir>`, `<file>`, `[recipe]`, `<list>`. */
function offerOf({ flags = '', words }: Option<unknown>): Offer {
  const placeholder = /[<[]([a-z-]+)[>\]]/.exec(flags)?.[1]
  if (placeholder === undefined) return { kind: 'none' }
  if (words !== undefined) return { kind: 'words', words, isList: placeholder === 'list' }
  return BY_PLACEHOLDER[placeholder] ?? { kind: 'anything' }
}
