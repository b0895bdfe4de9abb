import { Fatal } from '../log.mjs'
import { commandAt, GLOBAL_FLAGS, HELP, isGroup, step } from './commands.mjs'

/**
 * Reads an argument vector as cobra does: words lead to a command, flags may stand anywhere, "--" ends them.
 * @returns {{command: object, flags: object, args: string[], help: boolean} | {group: string, flags: object}}
 */
export function parseCall(argv) {
  const { path, rest } = findPath(argv)
  if (isGroup(path)) return parseGroup(path, rest)
  const command = commandAt(path)
  const { flags, args } = parseFlags(rest, [...command.flags, ...command.globals])
  if (flags.help) return { command, flags, args, help: true }
  checkCount(args, command.args)
  return { command, flags, args, help: false }
}

function findPath(argv) {
  let path = ''
  const rest = []
  for (const [index, word] of argv.entries()) {
    if (!isGroup(path) || word === '--') return { path, rest: [...rest, ...argv.slice(index)] }
    const next = word.startsWith('-') ? undefined : step(path, word)
    if (next) path = next
    else rest.push(word)
  }
  return { path, rest }
}

function parseGroup(group, rest) {
  const word = rest.find(entry => !entry.startsWith('-'))
  const called = ['abra', group].filter(part => part !== '').join(' ')
  if (word !== undefined) throw new Fatal(`unknown command "${word}" for "${called}"`)
  const version = { long: 'version', short: 'v', type: 'bool' }
  const known = [...GLOBAL_FLAGS, HELP, ...(group === '' ? [version] : [])]
  return { group, flags: parseFlags(rest, known).flags }
}

function checkCount(args, [least, most]) {
  const count = args.length
  if (count >= least && count <= most) return
  const accepts =
    least === most
      ? `accepts ${least} arg(s), received ${count}`
      : most === 99
        ? `requires at least ${least} arg(s), only received ${count}`
        : `accepts between ${least} and ${most} arg(s), received ${count}`
  throw new Fatal(accepts)
}

function parseFlags(words, known) {
  const flags = {}
  const args = []
  const queue = [...words]
  while (queue.length > 0) {
    const word = queue.shift()
    if (word === '--') args.push(...queue.splice(0))
    else if (word.startsWith('--')) readLong(word, { queue, known, flags })
    else if (word.startsWith('-') && word.length > 1) readShorts(word, { queue, known, flags })
    else args.push(word)
  }
  return { flags, args }
}

function readLong(word, { queue, known, flags }) {
  const [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(word)
  const flag = known.find(one => one.long === name)
  if (!flag) throw new Fatal(`unknown flag: --${name}`)
  set(flags, flag, value ?? valueOf(flag, `--${name}`, queue))
}

function readShorts(word, { queue, known, flags }) {
  let letters = word.slice(1)
  while (letters !== '') {
    const letter = letters[0]
    const flag = known.find(one => one.short === letter)
    if (!flag) throw new Fatal(`unknown shorthand flag: '${letter}' in ${word}`)
    letters = letters.slice(1)
    if (flag.type === 'bool') set(flags, flag, 'true')
    else {
      set(
        flags,
        flag,
        letters === '' ? valueOf(flag, `'${letter}' in ${word}`, queue) : letters.replace(/^=/, ''),
      )
      letters = ''
    }
  }
}

function valueOf(flag, called, queue) {
  if (flag.type === 'bool') return 'true'
  if (queue.length === 0) throw new Fatal(`flag needs an argument: ${called}`)
  return queue.shift()
}

const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True']
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False']

function set(flags, flag, value) {
  const key = flag.long.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase())
  if (flag.type === 'bool') flags[key] = readBool(flag, value)
  else if (flag.type === 'strings') flags[key] = [...(flags[key] ?? []), ...value.split(',')]
  else if (flag.type === 'int' && !/^-?\d+$/.test(value))
    throw invalid(flag, value, 'strconv.ParseInt')
  else flags[key] = value
}

function readBool(flag, value) {
  if (TRUE.includes(value)) return true
  if (FALSE.includes(value)) return false
  throw invalid(flag, value, 'strconv.ParseBool')
}

function invalid(flag, value, parser) {
  const called = flag.short === '' ? `--${flag.long}` : `-${flag.short}, --${flag.long}`
  return new Fatal(
    `invalid argument "${value}" for "${called}" flag: ${parser}: parsing "${value}": invalid syntax`,
  )
}
