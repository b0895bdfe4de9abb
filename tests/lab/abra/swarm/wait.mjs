import { setTimeout as sleep } from 'node:timers/promises'
import { behaviour } from '../behaviours.mjs'
import { Fatal, info, print } from '../log.mjs'
import { call } from './engine.mjs'
import { services, tasks } from './stack.mjs'

const POLL_MS = 250
const MONITOR_MS = 5000
const NANOSECONDS_PER_MS = 1e6
const STUCK = ['paused', 'rollback_paused', 'rollback_completed']

/**
 * Waits as abra does: for N of N healthy tasks of each service, calm for the time of its update monitor. It gives up
 * on a container that is still starting after interval x retries + 2 s, whatever its start_period says.
 * @param {Map<string, string>} before when each service's last update had begun before this deploy
 */
export async function waitForStack(stack, { timeoutSeconds, before }) {
  const deadline = Date.now() + timeoutSeconds * 1000
  const calmSince = new Map()
  for (;;) {
    const [found, all] = await Promise.all([services(stack), tasks(stack)])
    const running = all.filter(task => task.DesiredState === 'running')
    const settled = []
    for (const service of found) {
      const own = running.filter(task => task.ServiceID === service.ID)
      checkUpdate(service, before)
      if (await isReady(service, own)) settled.push(isCalm(service, calmSince))
      else calmSince.delete(service.ID)
    }
    if (settled.length === found.length && settled.every(Boolean)) break
    if (Date.now() > deadline) throw new Fatal('deploy timed out 🟠')
    await sleep(POLL_MS)
  }
  info('deploy succeeded 🟢')
}

function checkUpdate(service, before) {
  const { State: state, StartedAt: startedAt } = service.UpdateStatus ?? {}
  const isStale = before.get(service.ID) === startedAt
  if (!STUCK.includes(state) || (isStale && behaviour('WAIT_STALE') === 'ignore')) return
  print(`${service.Spec.Name}: ${state}`)
  throw new Fatal('deploy failed 🛑')
}

async function isReady(service, own) {
  for (const task of own) await checkPatience(task)
  const state = service.UpdateStatus?.State
  if (state === 'updating' || state === 'rollback_started') return false
  const wanted = service.Spec.Mode.Replicated?.Replicas ?? own.length
  const up = own.filter(task => task.Status.State === 'running' && isOf(service, task))
  return up.length === wanted
}

/** Is this a task of the service as it is now? Until an update has begun, those of before are still running. */
const isOf = (service, task) =>
  JSON.stringify(task.Spec.ContainerSpec) ===
  JSON.stringify(service.Spec.TaskTemplate.ContainerSpec)

/** A task is running for the swarm once its container is healthy; until then it is starting. */
async function checkPatience(task) {
  const id = task.Status.ContainerStatus?.ContainerID
  if (task.Status.State !== 'starting' || !id || behaviour('WAIT_START') === 'patient') return
  const { status, answer } = await call('GET', `/containers/${id}/json`)
  if (status === 200 && isOverdue(answer)) throw new Fatal('deploy failed 🛑')
}

function isOverdue({ State: state, Config: { Healthcheck: check } }) {
  if (!check?.StartPeriod) return false
  const limitMs = ((check.Interval || 30e9) * (check.Retries || 3)) / NANOSECONDS_PER_MS + 2000
  return Date.now() - Date.parse(state.StartedAt) > limitMs
}

function isCalm(service, calmSince) {
  if (!calmSince.has(service.ID)) calmSince.set(service.ID, Date.now())
  const monitor = service.Spec.UpdateConfig?.Monitor
  const monitorMs = monitor ? monitor / NANOSECONDS_PER_MS : MONITOR_MS
  const neededMs = behaviour('WAIT_CALM') === 'monitor' ? monitorMs : 0
  return Date.now() - calmSince.get(service.ID) >= neededMs
}
