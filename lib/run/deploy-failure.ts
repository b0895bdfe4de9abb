import type { Cause, CauseClass } from '../domain/cause.js'
import type { Ended } from '../domain/ended.js'

type Pattern = {
  /** Only of these verbs. */
  readonly verb?: RegExp
  readonly said: RegExp
  /** It names a service, and that is one of the app itself (true) or somebody else's (false). */
  readonly own?: boolean
  readonly class: CauseClass
  readonly fix: string
}

/** As Swarm refuses a service whose published port another one has. */
const HELD_PORT = /port '?\d+'? is already in use by service/i

// prettier-ignore
const PATTERNS: readonly Pattern[] = [
  { verb: /backup|restore/, said: /no containers? matching the .* filter|exit status 137$|no backup ?bot/i, class: 'fault', fix: 'Check that the backup bot is deployed and stays up, then run again; the recipe has not been judged' },
  { verb: /restore/, said: /already exists|duplicate key|duplicate entry/i, class: 'restore_not_in_place', fix: 'Make the dump drop what it replaces ("pg_dump --clean --if-exists"), or empty the database before loading it' },
  { verb: /deploy/, said: HELD_PORT, own: true, class: 'no_node', fix: 'Give each service a published port of its own' },
  { verb: /deploy/, said: HELD_PORT, own: false, class: 'port_taken', fix: 'Free that port of this host, then run again; the recipe has not been judged' },
  { verb: /deploy/, said: /could not find an available|failed to allocate (gateway|address)/i, class: 'addresses_exhausted', fix: 'Remove networks that nobody uses, or give the Engine wider address pools, then run again' },
  { said: /no space left on device/i, class: 'disk_full', fix: 'Free disk space on the host, then run again' },
  { said: /secret.*(not found|not exist|missing|not generated)|(missing|unable to find).*secret/i, class: 'secret_missing', fix: 'Name the secret in .env.sample (SECRET_<NAME>_VERSION) so that it is generated, or insert it in install_steps.sh' },
  { said: /image.*not found|manifest unknown|No such image/i, class: 'image_missing', fix: 'Point the recipe at an image and tag that exist' },
]

/** Their hooks may take as long as they like: what is cut off there is the recipe's. */
const WAITS_FOR_HOOKS = /backup|restore/

/** What an abra command said last, and whether it ended by itself. */
export type Said = {
  readonly said: string
  readonly ended: Ended
  /** Of the app. */
  readonly stack?: string
}

/** Why an abra command that should have changed the app did not: from what it said last. */
export function deployFailure(verb: string, answer: Said, otherwise: CauseClass): Cause {
  const { said } = answer
  const known = PATTERNS.find(pattern => fits(pattern, verb, answer))
  const unjudged = known === undefined && fellOver(verb, answer)
  return {
    class: known?.class ?? (unjudged ? 'fault' : otherwise),
    sentence: `"abra ${verb}" failed: ${said === '' ? 'it gave no reason' : said}`,
    evidence: said,
    fix:
      known?.fix ??
      `Read the log of "abra ${verb}" in the run folder${unjudged ? '; the recipe has not been judged' : ''}`,
  }
}

function fits(pattern: Pattern, verb: string, { said, stack }: Said): boolean {
  if (!pattern.said.test(said) || pattern.verb?.test(verb) === false) return false
  const own = stack !== undefined && said.includes(`'${stack}_`)
  return pattern.own === undefined || pattern.own === own
}

/** A command that crashed, never started or hung says nothing about a recipe. */
function fellOver(verb: string, { ended }: Said): boolean {
  return ended === 'deadline' ? !WAITS_FOR_HOOKS.test(verb) : ended !== 'exited'
}
