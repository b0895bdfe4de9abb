import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { serverNames, serversDir } from '../abra-dir.mjs'
import { Fatal, info } from '../log.mjs'
import { printJson, printTable } from '../terminal.mjs'

export async function list({ flags }) {
  const rows = serverNames().map(name => [name, name === 'default' ? 'local' : name])
  ;(flags.machine ? printJson : printTable)(['name', 'host'], rows)
}

/** This host's engine becomes the server "default"; a remote one would be reached over SSH. */
export async function add({ args: [name], flags }) {
  if (name && flags.local) throw new Fatal('cannot use [server] and --local together')
  if (!flags.local)
    throw new Fatal(`unable to connect to ${name ?? 'nowhere'}: the stand-in knows no SSH`)
  const dir = join(serversDir(), 'default')
  if (existsSync(dir)) throw new Fatal('server default already exists')
  mkdirSync(dir, { recursive: true })
  info('local server successfully added')
}
