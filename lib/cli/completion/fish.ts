import type { CommandWords, Offer, OptionWords } from './words.js'
import { quotedForFish } from './shell-quote.js'

const HEAD = `# fish completion of recipe-ci; made by "recipe-ci completion fish"

function __recipe_ci_recipes
    set -l folder $HOME/.abra
    test -n "$ABRA_DIR"; and set folder $ABRA_DIR
    for recipe in $folder/recipes/*/
        path basename $recipe 2>/dev/null; or basename $recipe
    end
end

complete -c recipe-ci -f
complete -c recipe-ci -n __fish_use_subcommand -l help -s h -d 'print this help'
complete -c recipe-ci -n __fish_use_subcommand -l version -d 'print the version'`

/** The completion script of fish 3. */
export function fishScript(commands: readonly CommandWords[]): string {
  return `${[HEAD, ...commands.flatMap(linesOf)].join('\n')}\n`
}

function linesOf({ name, summary, argument, options }: CommandWords): readonly string[] {
  const within = `complete -c recipe-ci -n '__fish_seen_subcommand_from ${name}'`
  const offer = offered(argument)
  return [
    '',
    `complete -c recipe-ci -n __fish_use_subcommand -a ${name} -d ${quotedForFish(summary)}`,
    ...options.map(option => `${within} ${optionWords(option)}`),
    ...(argument.kind === 'none' || offer === '' ? [] : [`${within} ${offer}`]),
  ]
}

function optionWords({ name, help, value }: OptionWords): string {
  const takes = value.kind === 'none' ? '' : value.kind === 'file' ? ' -r -F' : ` -x`
  const offer = offered(value)
  const about = quotedForFish(help)
  return `-l ${name.replace(/^--/, '')}${takes}${offer === '' ? '' : ` ${offer}`} -d ${about}`
}

function offered(offer: Offer): string {
  switch (offer.kind) {
    case 'none':
    case 'anything':
    case 'file':
      return ''
    case 'folder':
      return `-a '(__fish_complete_directories)'`
    case 'recipe':
      return `-a '(__recipe_ci_recipes)'`
    case 'words':
      return offer.isList
        ? `-a '(__fish_complete_list , "string split \\" \\" \\"${offer.words.join(' ')}\\"")'`
        : `-a ${quotedForFish(offer.words.join(' '))}`
  }
}
