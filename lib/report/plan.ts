import type { HappeningBody } from '../domain/events.js'
import type { OutputFormat } from '../domain/request.js'
import { TIERS } from '../domain/tiers.js'
import { printable } from './wording.js'

/** What `--plan` prints: what a run would test, from where, and why something would be left out. */
export type PlanView = {
  readonly recipe: string
  readonly domain: string
  readonly runId: string
  readonly plan: Extract<HappeningBody, { readonly type: 'plan.resolved' }>
}

/** The plan as stdout's one format wants it, ending in a line feed. */
export function planText(view: PlanView, format: OutputFormat): string {
  if (format === 'ndjson')
    return `${JSON.stringify({ v: 1, at: new Date().toISOString(), run: view.runId, ...view.plan })}\n`
  const lines = planLines(view).map(printable)
  const tap = [
    'TAP version 14',
    ...lines.map(text => `# ${text}`),
    '1..0 # SKIP a plan tests nothing',
  ]
  return `${(format === 'tap' ? tap : lines).join('\n')}\n`
}

function planLines({ recipe, domain, plan }: PlanView): readonly string[] {
  const version = plan.headVersion === null ? 'version unknown' : `version ${plan.headVersion}`
  return [
    `recipe   ${recipe}`,
    `app      ${domain}`,
    `target   ${plan.head}, ${version}`,
    `base     ${plan.base ?? 'none'}: ${plan.baseReason}`,
    ...(plan.dependencies ?? []).map(
      ({ recipe: needs, domain: at, version: seen, reason }) =>
        `needs    ${needs} ${reason === '' ? `${seen ?? 'version unknown'} on ${at}` : `(not to be had: ${reason})`}`,
    ),
    ...TIERS.map(tier => `${tier.padEnd(8)} ${fateOf(tier, plan)}`),
    'lint     run',
    'Nothing was changed.',
  ]
}

function fateOf(tier: (typeof TIERS)[number], { tiers, skips }: PlanView['plan']): string {
  const reason = skips[tier]
  if (reason !== undefined) return `skip: ${reason}`
  return tiers.includes(tier) ? 'run' : 'not requested'
}
