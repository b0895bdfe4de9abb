import type { Observation } from '../../domain/finding.js'
import { BOT_LABEL, findBot } from '../../backup/bot.js'
import { filterQuery } from '../../swarm/engine.js'
import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { needed, ok, warn } from '../look.js'

/** What the backup and restore tiers need beside the app. */
export const BOT_CHECKS: readonly Check<Bench>[] = [
  {
    id: 'backup-bot',
    about: 'one backup bot is deployed and runs',
    look: lookAtBot,
  },
]

async function lookAtBot(bench: Bench, signal: AbortSignal): Promise<Observation> {
  const engine = await needed(bench.engine(), 'engine')
  const query = filterQuery({ label: [BOT_LABEL] })
  const services = await engine
    .get<{ Spec?: { Name?: string } }[]>(`/services?${query}`, { signal })
    .catch(() => needed(Promise.reject(new Error('no swarm')), 'swarm'))
  const names = services.map(({ Spec }) => Spec?.Name ?? '?')
  const fix = 'Deploy one "backup-bot-two"; without it backup and restore of every recipe fail'
  if (names.length === 0) return warn(`no service with the label ${BOT_LABEL}`, fix)
  if (names.length > 1)
    return warn(`${names.length} services claim to be it: ${names.join(', ')}`, fix)
  return (await findBot(engine)) === undefined
    ? warn(`${names.join()} has no running container`, 'Look at it with "docker service ps"')
    : ok(names.join())
}
