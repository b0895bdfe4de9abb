import type { CommandWords, Offer, OptionWords } from './words.js'
import { quoted } from './shell-quote.js'

const HEAD = String.raw`#compdef recipe-ci
# zsh completion of recipe-ci; made by "recipe-ci completion zsh"

_recipe_ci_recipes() {
  _path_files -/ -W "${'$'}{ABRA_DIR:-$HOME/.abra}/recipes"
}

_recipe_ci() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C \
    '(-h --help)'{-h,--help}'[print this help]' \
    '--version[print the version]' \
    '1: :->command' \
    '*:: :->rest'
  case $state in`

const TAIL = `  esac
}

# As a file "_recipe-ci" on fpath this is the function itself; otherwise it was sourced.
if [ "$funcstack[1]" = _recipe-ci ]; then _recipe_ci "$@"; else compdef _recipe_ci recipe-ci; fi
`

/** The completion script of zsh 5, for `eval` or as a file `_recipe-ci` on fpath. */
export function zshScript(commands: readonly CommandWords[]): string {
  const described = commands.map(
    ({ name, summary }) => `        ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`,
  )
  return [
    HEAD,
    '    command)',
    '      local -a commands=(',
    ...described,
    '      )',
    "      _describe -t commands 'command' commands",
    '      ;;',
    '    rest)',
    '      case $words[1] in',
    ...commands.flatMap(commandCase),
    '      esac',
    '      ;;',
    TAIL,
  ].join('\n')
}

function commandCase({ name, argument, options }: CommandWords): readonly string[] {
  const specs = options.map(optionSpec)
  const rest = argument.kind === 'none' ? [] : [quoted(`1:argument:${action(argument)}`)]
  return [
    `        ${name})`,
    `          _arguments \\`,
    [...specs, ...rest].map(spec => `            ${spec}`).join(' \\\n'),
    '          ;;',
  ]
}

function optionSpec({ name, help, value }: OptionWords): string {
  const about = help.replace(/[[\]\\:]/g, character => `\\${character}`)
  return quoted(`${name}[${about}]${value.kind === 'none' ? '' : `:value:${action(value)}`}`)
}

function action(offer: Offer): string {
  switch (offer.kind) {
    case 'none':
    case 'anything':
      return ' '
    case 'file':
      return '_files'
    case 'folder':
      return '_files -/'
    case 'recipe':
      return '_recipe_ci_recipes'
    case 'words':
      return offer.isList
        ? ` _values -s , value ${offer.words.join(' ')}`
        : `(${offer.words.join(' ')})`
  }
}
