import process from 'node:process'
import { killChildren } from './child.mjs'
import { commandHelp, groupHelp } from './cli/help.mjs'
import { parseCall } from './cli/parse.mjs'
import { injected } from './faults.mjs'
import { openJournal } from './journal.mjs'
import { BANNER, Failed, Fatal, fatal, print } from './log.mjs'

const VERSION = '0.13.0-beta-06a57de'

async function main() {
  const call = parseCall(process.argv.slice(2))
  if (call.group !== undefined) {
    const version = process.env['ABRA_STANDIN_VERSION'] || VERSION
    print(call.flags.version ? `abra version ${version}` : groupHelp(call.group))
    return
  }
  const { command, flags, args } = call
  if (call.help) {
    print(commandHelp(command))
    return
  }
  if ((await injected(command.path, 'before')) === 'stop') return
  const [file, name] = command.verb
  const verbs = await import(`./verbs/${file}.mjs`)
  await verbs[name]({ args, flags, path: command.path })
  await injected(command.path, 'after')
}

/** Waits until what was written has left: a pipe may be slower than we are. */
const flushed = stream => new Promise(resolve => stream.write('', resolve))

const journal = openJournal()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.once(signal, () => {
    journal.killed(signal)
    killChildren()
    process.kill(process.pid, signal)
  })
}
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

let exit = 0
try {
  process.stderr.write(`${BANNER}\n`)
  await main()
} catch (error) {
  exit = 1
  if (!(error instanceof Failed))
    fatal(error instanceof Fatal ? error.message : `the stand-in broke: ${error.stack}`)
}
await Promise.all([flushed(process.stdout), flushed(process.stderr)])
journal.exited(exit)
process.exit(exit)
