import { setTimeout as sleep } from 'node:timers/promises'
import { linesOf, type Docker } from './docker.js'

const READY_LIMIT_MS = 60_000

type Stand = {
  readonly service: string
  readonly image: string
  /** `none`: the image's service has no health check, running is all there is to see. */
  readonly health: 'healthy' | 'none'
}

/**
 * Waits until a container of the service runs, is of that health, and is made from this image. Asks the containers, not the tasks: after
 * an engine was killed its swarm still calls a task running whose container is gone.
 */
export async function standing(docker: Docker, { service, image, health }: Stand): Promise<void> {
  const until = Date.now() + READY_LIMIT_MS
  const label = `label=com.docker.swarm.service.name=${service}`
  const filters = [
    '--filter',
    label,
    '--filter',
    `health=${health}`,
    '--filter',
    `ancestor=${image}`,
  ]
  while ((await linesOf(docker, ['ps', '--quiet', ...filters])).length === 0) {
    if (Date.now() > until)
      throw new Error(`Cannot start "${service}" within a minute: ${await whyNot(docker, service)}`)
    await sleep(100)
  }
}

async function whyNot(docker: Docker, service: string): Promise<string> {
  const format = '{{.CurrentState}} {{.Error}}'
  const tasks = await linesOf(docker, ['service', 'ps', '--no-trunc', '--format', format, service])
  return tasks[0]?.trim() ?? 'it has no task'
}
