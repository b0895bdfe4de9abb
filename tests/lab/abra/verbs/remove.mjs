import { rmSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { readApp } from '../app.mjs'
import { behaviour } from '../behaviours.mjs'
import { runChild } from '../child.mjs'
import { writeVersion } from '../env-file.mjs'
import { Fatal, info } from '../log.mjs'
import { ensureExists } from '../recipe/tree.mjs'
import { remove as removeFromEngine } from '../swarm/engine.mjs'
import { networks, readDeployment, secrets, tasks, volumes } from '../swarm/stack.mjs'
import { confirm } from '../terminal.mjs'
import { removeVolumes } from './volume.mjs'

const POLL_MS = 200
const PATIENCE_MS = 60_000

/** Removes the stack; volumes, secrets and the env file stay. */
export async function undeploy({ args: [domain], flags }) {
  const app = readApp(domain)
  await ensureExists(app.recipe)
  const deployment = await readDeployment(app.stack)
  if (!deployment.isDeployed) {
    if (behaviour('UNDEPLOY_ABSENT') === 'ok') return info(`${domain} is not deployed`)
    throw new Fatal(`${domain} is not deployed?`)
  }
  await confirm('proceed?', flags)
  const { code, stderr } = await runChild(['docker', 'stack', 'rm', app.stack], {
    env: process.env,
  })
  if (code !== 0) throw new Fatal(stderr.trim())
  if (behaviour('UNDEPLOY') === 'wait') await gone(app.stack)
  if (deployment.version !== 'unknown') writeVersion(app.path, app.recipe, deployment.version)
  info('undeploy succeeded 🟢')
}

async function gone(stack) {
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const left = [await tasks(stack), await networks(stack)].flat()
    if (left.length === 0) return
    if (Date.now() > deadline) throw new Fatal('undeploy timed out 🟠')
    await sleep(POLL_MS)
  }
}

/** Takes secrets first, then volumes, then the env file: it can stop half-way. */
export async function app({ args: [domain], flags }) {
  const found = readApp(domain)
  const deployment = await readDeployment(found.stack)
  if (deployment.isDeployed) {
    throw new Fatal(`${domain} is still deployed. Run "abra app undeploy ${domain}"`)
  }
  if (behaviour('REMOVE_ABSENT') === 'fatal') throw new Fatal(`${domain} is not deployed?`)
  await confirm(`remove all data and config of ${domain}?`, {
    noInput: flags.noInput || flags.force,
  })
  for (const secret of await secrets(found.stack)) {
    await removeFromEngine(`/secrets/${secret.ID}`)
    info(`secret: ${secret.Spec.Name} removed`)
  }
  if (behaviour('REMOVE') === 'half') throw new Fatal('removing volumes failed: volume is in use')
  const names = (await volumes(found.stack)).map(volume => volume.Name)
  await removeVolumes(names)
  info(`${names.length} volumes removed successfully`)
  rmSync(found.path)
  info(`file: ${found.path} removed`)
}
