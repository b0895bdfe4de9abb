import type { LabEngine } from './engine.js'
import { CACHE_DIR } from './places.js'
import type { SwarmFacts } from './swarm.js'

/** All that the announcement of a lab rests on. */
export type Plan = {
  readonly name: string
  readonly dir: string
  readonly suffix: string
  readonly port: number
  /** Absent: the lab has to start one. */
  readonly engine: LabEngine | undefined
  readonly engineDir: string
  readonly engineInstalled: boolean
  readonly swarm: SwarmFacts
  /** Name of the service of a bot that is there already. */
  readonly bot: string | undefined
  readonly botStack: string
  readonly traefikStack: string
}

/** Says, before anything is made, what a lab will make and how it is removed again. */
export function announce(plan: Plan): string[] {
  return [
    `The lab "${plan.name}" is about to make, for apps at <name>.${plan.suffix}:`,
    ...rows([
      ['engine', engineLine(plan)],
      ['swarm', plan.swarm.active ? 'there already, is used' : 'a single node at 127.0.0.1'],
      [
        'network',
        `proxy: ${plan.swarm.proxy ? 'there already, is used' : 'an overlay, 10.200.0.0/16'}`,
      ],
      ['images', `recipe-ci-lab/*, from Debian packages and a Traefik binary kept in ${CACHE_DIR}`],
      [
        'bot',
        plan.bot === undefined ? `stack ${plan.botStack}` : `${plan.bot}: there already, is used`,
      ],
      ['traefik', `stack ${plan.traefikStack}, at 127.0.0.1:${plan.port}`],
      ['files', plan.dir],
    ]),
    'It touches nothing else. To remove all of it: npm run lab:down',
  ]
}

function engineLine({ engine, engineDir, engineInstalled }: Plan): string {
  if (engine !== undefined) return `the one at ${engine.host}`
  const start = `a dockerd of its own, with its data in ${engineDir}`
  return engineInstalled ? start : `the packages docker.io and iptables (they stay), ${start}`
}

function rows(table: readonly (readonly [string, string])[]): string[] {
  return table.map(([what, text]) => `  ${what.padEnd(8)} ${text}`)
}
