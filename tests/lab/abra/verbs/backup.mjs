import { Buffer } from 'node:buffer'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { readApp } from '../app.mjs'
import { behaviour } from '../behaviours.mjs'
import { Fatal } from '../log.mjs'
import { ensureTree } from '../recipe/ensure.mjs'
import { download as downloadArchive, exec, filtered, get } from '../swarm/engine.mjs'
import { runningContainer } from '../swarm/stack.mjs'
import { wantTerminalForExec } from '../terminal.mjs'

/** The label of the bot; a test may look for one of its own beside a real one. */
const botLabel = () => process.env['ABRA_STANDIN_BOT_LABEL'] || 'coop-cloud.backupbot.enabled=true'

export const create = call =>
  drive(call, 'create', { RETRIES: call.flags.retries, MACHINE_LOGS: undefined })

export const list = call =>
  drive(call, 'list', {
    SNAPSHOT: call.flags.snapshot,
    SHOW_ALL: call.flags.all && 'true',
    TIMESTAMPS: call.flags.timestamps && 'true',
  })

export const snapshots = call => drive(call, 'snapshots', {})

/** Works on a running app. Without a snapshot the bot takes the newest. */
export const restore = call =>
  drive(call, 'restore', {
    SNAPSHOT: call.flags.snapshot,
    TARGET: call.flags.target,
    VOLUMES: call.flags.volumes?.join(','),
    CONTAINER: call.flags.services?.join(','),
    NONINTERACTIVE: call.flags.noInput && 'true',
    NO_COMMANDS: behaviour('RESTORE_HOOKS') === 'flag' && !call.flags.hooks ? 'true' : undefined,
  })

/** The bot packs the snapshot into a file of its container; it is copied to the working directory. */
export async function download(call) {
  const bot = await drive(call, 'download', {
    SNAPSHOT: call.flags.snapshot,
    INCLUDE_PATH: call.flags.path,
    VOLUMES: call.flags.volumes?.join(','),
    SECRETS: call.flags.secrets && 'true',
  })
  const tar = await downloadArchive(bot, '/tmp/backup.tar.gz')
  writeFileSync(join('.', 'backup.tar.gz.tar'), Buffer.from(tar))
}

/** Runs a verb of the backup bot, in its container, with a terminal, on behalf of one app. */
async function drive({ args: [domain], flags }, verb, settings) {
  const app = readApp(domain)
  await ensureTree(app, flags)
  const bot = await runningContainer(await botService())
  wantTerminalForExec()
  const set = Object.entries(settings).filter(([, value]) => value)
  const env = [['SERVICE', domain], ...set].map(([name, value]) => `${name}=${value}`)
  const code = await exec(bot, { cmd: ['/usr/bin/backup', '--', verb], env, terminal: true })
  if (code !== 0) throw new Fatal(`failed to exec ${verb}: exit status ${code}`)
  return bot
}

/** Exactly one service of the swarm is the bot. */
async function botService() {
  const found = await get(filtered('/services', { label: [botLabel()] }))
  if (found.length === 0) throw new Fatal(`no services matching the ${botLabel()} filter found?`)
  const names = found.map(service => service.Spec.Name)
  if (found.length > 1)
    throw new Fatal(`expected 1 service but found ${names.length}: ${names.join(' ')}`)
  return names[0]
}
