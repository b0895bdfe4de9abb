import { childrenOf, GLOBAL_FLAGS, HELP, shortOf } from './commands.mjs'

const VALUE = { bool: '', string: ' string', strings: ' strings', int: ' int' }

/** The help of a command in cobra's layout. */
export function commandHelp(command) {
  const parent = command.path.split(' ').slice(0, -1).join(' ')
  const name = command.use.split(' ')[0]
  return [
    command.short,
    ['Usage:', `  abra ${parent} ${command.use} [flags]`],
    command.alias.length > 0 ? ['Aliases:', `  ${[name, ...command.alias].join(', ')}`] : [],
    ['Flags:', ...flagLines(command.flags)],
    ['Global Flags:', ...flagLines(command.globals)],
  ]
    .flatMap(block => (block.length > 0 ? [[block].flat().join('\n')] : []))
    .join('\n\n')
}

/** The help of a group: the commands below it. */
export function groupHelp(group) {
  const called = ['abra', group].filter(part => part !== '').join(' ')
  const rows = childrenOf(group).map(path => [path.split(' ').at(-1), shortOf(path)])
  const size = Math.max(...rows.map(([name]) => name.length))
  const own = group === '' ? [...GLOBAL_FLAGS, HELP] : [HELP]
  return [
    shortOf(group),
    `Usage:\n  ${called} [command]`,
    [
      'Available Commands:',
      ...rows.map(([name, about]) => `  ${name.padEnd(size)}  ${about}`),
    ].join('\n'),
    ['Flags:', ...flagLines(own)].join('\n'),
    ...(group === '' ? [] : [['Global Flags:', ...flagLines(GLOBAL_FLAGS)].join('\n')]),
    `Use "${called} [command] --help" for more information about a command.`,
  ].join('\n\n')
}

function flagLines(flags) {
  const rows = [...flags]
    .sort((a, b) => (a.long < b.long ? -1 : 1))
    .map(flag => {
      const short = flag.short === '' ? '    ' : `-${flag.short}, `
      return [`${short}--${flag.long}${VALUE[flag.type]}`, flag.about]
    })
  const size = Math.max(...rows.map(([called]) => called.length))
  return rows.map(([called, about]) => `  ${called.padEnd(size)}   ${about}`)
}
