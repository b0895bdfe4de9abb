import type { Engine } from '../swarm/engine.js'

type Reading = Pick<Engine, 'get'>

/** How abra, and so we, find the backup bot. */
export const BOT_LABEL = 'coop-cloud.backupbot.enabled=true'

/** What the bot's container is told apart from its own environment, when that does not say. */
const DEFAULTS: readonly (readonly [names: readonly string[], name: string, value: string])[] = [
  [['RESTIC_REPOSITORY', 'RESTIC_REPOSITORY_FILE'], 'RESTIC_REPOSITORY', '/backups/restic'],
  [
    ['RESTIC_PASSWORD', 'RESTIC_PASSWORD_FILE', 'RESTIC_PASSWORD_COMMAND'],
    'RESTIC_PASSWORD_FILE',
    '/run/secrets/restic_password',
  ],
]

/** The running container of the one backup bot of a swarm. */
export type Bot = {
  readonly container: string
  /** What restic needs in its environment beyond the container's own. */
  readonly env: Readonly<Record<string, string>>
}

/** Finds the bot. Undefined: there is none, or it is not running. @throws EngineFault when Docker does not answer. */
export async function findBot(engine: Reading, label = BOT_LABEL): Promise<Bot | undefined> {
  const services = await engine.get<{ ID: string }[]>(`/services?${filters({ label: [label] })}`)
  for (const { ID } of services) {
    const wanted = filters({ label: [`com.docker.swarm.service.id=${ID}`], status: ['running'] })
    const [running] = await engine.get<{ Id: string }[]>(`/containers/json?${wanted}`)
    if (running !== undefined)
      return { container: running.Id, env: await missingEnv(engine, running.Id) }
  }
  return undefined
}

async function missingEnv(engine: Reading, id: string): Promise<Readonly<Record<string, string>>> {
  const facts = await engine.get<{ Config?: { Env?: string[] | null } }>(`/containers/${id}/json`)
  const set = new Set((facts.Config?.Env ?? []).map(pair => pair.split('=', 1)[0]))
  const unset = DEFAULTS.filter(([names]) => !names.some(name => set.has(name)))
  return Object.fromEntries(unset.map(([, name, value]) => [name, value]))
}

function filters(wanted: Readonly<Record<string, readonly string[]>>): string {
  return `filters=${encodeURIComponent(JSON.stringify(wanted))}`
}
