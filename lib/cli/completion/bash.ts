import type { CommandWords, Offer, OptionWords } from './words.js'
import { quoted } from './shell-quote.js'

const HEAD = String.raw`# bash completion of recipe-ci; made by "recipe-ci completion bash"

# Needs no bash-completion. "=" is a word of its own for bash: --format=x comes as three.
_recipe_ci() {
  local cur=${'$'}{COMP_WORDS[COMP_CWORD]} prev=${'$'}{COMP_WORDS[COMP_CWORD - 1]} command= at
  COMPREPLY=()
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = && COMP_CWORD -gt 1 ]]; then
    prev=${'$'}{COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    case ${'$'}{COMP_WORDS[at]} in
      -*) ;;
      *)
        command=${'$'}{COMP_WORDS[at]}
        break
        ;;
    esac
  done
`

const TAIL = String.raw`
_recipe_ci_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# What is before the last comma stays.
_recipe_ci_list() {
  local done=
  [[ $cur != *,* ]] || done=${'$'}{cur%,*},
  mapfile -t COMPREPLY < <(compgen -P "$done" -W "$1" -- "${'$'}{cur##*,}")
}

_recipe_ci_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}

_recipe_ci_recipes() {
  local folder names=
  for folder in "${'$'}{ABRA_DIR:-$HOME/.abra}"/recipes/*/; do
    [[ -d $folder ]] || continue
    folder=${'$'}{folder%/}
    names+=" ${'$'}{folder##*/}"
  done
  _recipe_ci_words "$names"
}

complete -F _recipe_ci recipe-ci
`

/** The completion script of bash 4.2 and later. */
export function bashScript(commands: readonly CommandWords[]): string {
  const names = [...commands.map(({ name }) => name), '--help', '--version']
  return [
    HEAD,
    '  case $command in',
    `    '') _recipe_ci_words ${quoted(names.join(' '))} ;;`,
    ...commands.flatMap(commandCase),
    '  esac',
    '}',
    TAIL,
  ].join('\n')
}

function commandCase({ name, argument, options }: CommandWords): readonly string[] {
  const valued = options.filter(({ value }) => value.kind !== 'none')
  const names = options.map(option => option.name).join(' ')
  return [
    `    ${name})`,
    '      case $prev in',
    ...valued.map(optionCase),
    '        *)',
    `          if [[ $cur == -* ]]; then _recipe_ci_words ${quoted(names)}`,
    `          else ${offered(argument)}; fi`,
    '          ;;',
    '      esac',
    '      ;;',
  ]
}

function optionCase({ name, value }: OptionWords): string {
  return `        ${name}) ${offered(value)} ;;`
}

function offered(offer: Offer): string {
  switch (offer.kind) {
    case 'none':
    case 'anything':
      return ':'
    case 'file':
      return '_recipe_ci_files -f'
    case 'folder':
      return '_recipe_ci_files -d'
    case 'recipe':
      return '_recipe_ci_recipes'
    case 'words':
      return `_recipe_ci_${offer.isList ? 'list' : 'words'} ${quoted(offer.words.join(' '))}`
  }
}
