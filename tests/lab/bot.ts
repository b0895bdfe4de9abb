import { setTimeout as sleep } from 'node:timers/promises'
import { linesOf, type Docker } from './docker.js'

const LABEL = 'coop-cloud.backupbot.enabled=true'
export const BOT_STACK = 'recipe-ci-lab-bot'
const READY_LIMIT_MS = 60_000

/** Deploys the lab's backup bot, unless the swarm has one: abra wants exactly one. Resolves to whether it was us. */
export async function ensureBot(docker: Docker, image: string): Promise<boolean> {
  const names = await linesOf(docker, [
    'service',
    'ls',
    '--filter',
    `label=${LABEL}`,
    '--format',
    '{{.Name}}',
  ])
  if (names.length > 0 && !names.includes(`${BOT_STACK}_app`)) return false
  const volumes = `${await docker(['info', '--format', '{{.DockerRootDir}}'])}/volumes`
  const args = ['stack', 'deploy', '--resolve-image', 'never', '-c', '-', BOT_STACK]
  await docker(args, { input: compose(image, volumes) })
  await ready(docker)
  return true
}

function compose(image: string, volumes: string): string {
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
      - "/var/run/docker.sock:/var/run/docker.sock"
      - "${volumes}:/var/lib/docker/volumes"
    healthcheck: { test: ["CMD", "test", "-e", "/tmp/ready"], interval: 1s, retries: 60 }
    deploy: { labels: { coop-cloud.backupbot.enabled: "true" } }
volumes:
  restic:
`
}

async function ready(docker: Docker): Promise<void> {
  const until = Date.now() + READY_LIMIT_MS
  const ask = ['service', 'ls', '--filter', `name=${BOT_STACK}_app`, '--format', '{{.Replicas}}']
  while ((await docker(ask)) !== '1/1') {
    if (Date.now() > until)
      throw new Error(`Cannot start the backup bot within ${READY_LIMIT_MS} ms`)
    await sleep(200)
  }
}
