import { Fatal } from '../log.mjs'
import { filtered, get } from './engine.mjs'

const NAMESPACE = 'com.docker.stack.namespace'

export const services = stack => get(filtered('/services', { label: [`${NAMESPACE}=${stack}`] }))

export const tasks = stack => get(filtered('/tasks', { label: [`${NAMESPACE}=${stack}`] }))

const startsWith = (stack, name) => name.startsWith(`${stack}_`)

/** Secrets and volumes carry no namespace label: they belong to an app by their name. */
export async function secrets(stack) {
  return (await get('/secrets')).filter(secret => startsWith(stack, secret.Spec.Name))
}

export async function volumes(stack) {
  return ((await get('/volumes')).Volumes ?? []).filter(volume => startsWith(stack, volume.Name))
}

export async function networks(stack) {
  return (await get('/networks')).filter(network => startsWith(stack, network.Name))
}

/** Is the app deployed, and as what: read from the labels that a deploy wrote. */
export async function readDeployment(stack) {
  const found = await services(stack)
  const read = label =>
    found.map(one => one.Spec.Labels[`coop-cloud.${stack}.${label}`]).find(value => value)
  return {
    isDeployed: found.length > 0,
    services: found,
    version: read('version') ?? 'unknown',
    chaos: read('chaos') ?? 'unknown',
    chaosVersion: read('chaos-version') ?? 'unknown',
  }
}

/** The container of a service's running task. */
export async function runningContainer(service) {
  const running = await get(
    filtered('/tasks', { service: [service], 'desired-state': ['running'] }),
  )
  const task = running.find(one => one.Status.State === 'running')
  const id = task?.Status.ContainerStatus?.ContainerID
  if (!id) throw new Fatal(`no containers matching the ${service} filter found?`)
  return id
}
