import { linesOf, type Docker } from './docker.js'
import { standing } from './standing.js'

const LABEL = 'coop-cloud.backupbot.enabled=true'
export const BOT_STACK = 'recipe-ci-lab-bot'
/** The label that says which machine's labs made a stack. */
export const OWNER_LABEL = 'recipe-ci.lab.owner'

/** Name of the service of a backup bot that someone else made: abra wants exactly one, so it is used. */
export async function foreignBot(docker: Docker, owner: string): Promise<string | undefined> {
  const format = `{{.Spec.Name}} {{index .Spec.Labels "${OWNER_LABEL}"}}`
  const bots = await linesOf(docker, ['service', 'ls', '-q', '--filter', `label=${LABEL}`])
  if (bots.length === 0) return undefined
  const lines = await linesOf(docker, ['service', 'inspect', '--format', format, ...bots])
  return lines.find(line => !line.endsWith(` ${owner}`))?.split(' ')[0]
}

export type BotOptions = {
  readonly image: string
  readonly owner: string
  /** Path of docker's socket, on the machine of the engine. */
  readonly socket: string
}

/** Deploys the lab's backup bot and waits until it can be called. */
export async function deployBot(docker: Docker, options: BotOptions): Promise<void> {
  const volumes = `${await docker(['info', '--format', '{{.DockerRootDir}}'])}/volumes`
  const args = ['stack', 'deploy', '--resolve-image', 'never', '-c', '-', BOT_STACK]
  await docker(args, { input: compose(options, volumes) })
  await standing(docker, { service: `${BOT_STACK}_app`, image: options.image, health: 'healthy' })
}

function compose({ image, owner, socket }: BotOptions, volumes: string): string {
  return `
version: "3.8"
services:
  app:
    image: ${image}
    environment:
      RESTIC_REPOSITORY: /backups/restic
      RESTIC_PASSWORD: lab
    volumes:
      - "restic:/backups"
      - "${socket}:/var/run/docker.sock"
      - "${volumes}:/var/lib/docker/volumes"
    healthcheck: { test: ["CMD", "test", "-e", "/tmp/ready"], interval: 500ms, retries: 60 }
    deploy:
      labels: { coop-cloud.backupbot.enabled: "true", ${OWNER_LABEL}: "${owner}" }
      update_config: { order: stop-first, monitor: 1s }
volumes:
  restic:
`
}
