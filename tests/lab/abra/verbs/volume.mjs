import { setTimeout as sleep } from 'node:timers/promises'
import { readApp } from '../app.mjs'
import { behaviour } from '../behaviours.mjs'
import { Fatal, info, warn } from '../log.mjs'
import { ensureExists } from '../recipe/tree.mjs'
import { call } from '../swarm/engine.mjs'
import { readDeployment, volumes } from '../swarm/stack.mjs'
import { confirm, printTable } from '../terminal.mjs'

const ATTEMPTS = 5
const PAUSE_MS = 1000

export async function list({ args: [domain] }) {
  const app = readApp(domain)
  await ensureExists(app.recipe)
  const rows = (await volumes(app.stack)).map(volume => [volume.Name, volume.Mountpoint])
  if (rows.length === 0) return warn(`no volumes created for ${domain}`)
  printTable(['name', 'on server'], rows)
}

export async function remove({ args: [domain, name], flags }) {
  const app = readApp(domain)
  await ensureExists(app.recipe)
  if ((await readDeployment(app.stack)).isDeployed) {
    throw new Fatal(`${domain} is still deployed. Run "abra app undeploy ${domain}"`)
  }
  const names = (await volumes(app.stack)).map(volume => volume.Name)
  const doomed = name === undefined ? names : names.filter(one => one === `${app.stack}_${name}`)
  if (name !== undefined && doomed.length === 0) throw new Fatal(`${name} does not exist?`)
  if (doomed.length === 0) return info('no volumes removed')
  await confirm('remove all of them?', { noInput: flags.noInput || flags.force })
  await removeVolumes(doomed)
  info(`${doomed.length} volumes removed successfully`)
}

/** A volume stays in use for a while after its task: abra tries a few times. */
export async function removeVolumes(names) {
  for (const name of names) {
    for (let attempt = 1; ; attempt++) {
      const { status, message } = await call('DELETE', `/volumes/${encodeURIComponent(name)}`)
      if (status < 400 || status === 404) break
      if (attempt === ATTEMPTS || behaviour('VOLUME_IN_USE') === 'fatal') {
        throw new Fatal(`removing volumes failed: Error response from daemon: ${message}`)
      }
      await sleep(PAUSE_MS)
    }
  }
}
