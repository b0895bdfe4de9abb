import type { Cause, CauseClass } from '../domain/cause.js'
import type { Ended } from '../domain/ended.js'

type Pattern = {
  /** Only of these verbs. */
  readonly verb?: RegExp
  readonly said: RegExp
  /** Anywhere in what was printed; default: in what was said last. */
  readonly anywhere?: true
  /** It names a service, and that is one of the app itself (true) or somebody else's (false). */
  readonly own?: boolean
  readonly class: CauseClass
  readonly fix: string
}

/** As Swarm refuses a service whose published port another one has. */
const HELD_PORT = /port '?\d+'? is already in use by service/i

/** restic's words for a repository that somebody else has, or that it cannot open. */
const NO_REPOSITORY =
  /repository is already locked|unable to create lock|wrong password or no key found|unable to open (?:config file|repository)|is there a repository at the following location/i
const NO_ENGINE =
  /cannot connect to the docker daemon|is the docker daemon running|error during connect:|does not have a leader/i

/** What tools pass over when it is there already, and restic's word for a repository that is. */
const PASSED_OVER = String.raw`(?!.*(?:\bNOTICE:|already exists, skipping|config file already exists))`

/** A line that says that a database or a tool was to make what is there already. */
export const IS_THERE = new RegExp(
  `^${PASSED_OVER}.*(?:already exists|duplicate (?:key|entry)|database exists|unique constraint failed|E11000|is not empty|file exists)`,
  'im',
)

// prettier-ignore
const PATTERNS: readonly Pattern[] = [
  { said: NO_ENGINE, class: 'fault', fix: 'Check that the Docker Engine answers, then run again; the recipe has not been judged' },
  { verb: /backup|restore/, said: NO_REPOSITORY, anywhere: true, class: 'fault', fix: 'Wait for the end of another backup, or check that the backup bot can open its repository, then run again; the recipe has not been judged' },
  { verb: /backup|restore/, said: /no containers? matching the .* filter|exit status 137$|no backup ?bot/i, class: 'fault', fix: 'Check that the backup bot is deployed and stays up, then run again; the recipe has not been judged' },
  { verb: /restore/, said: IS_THERE, class: 'restore_not_in_place', fix: 'Make the dump drop what it replaces ("pg_dump --clean --if-exists"), or empty the database before loading it' },
  { verb: /deploy/, said: /network "?proxy"? is declared as external/i, class: 'fault', fix: 'Create the overlay network "proxy" of this host, then run again; the recipe has not been judged' },
  { verb: /deploy/, said: HELD_PORT, own: true, class: 'no_node', fix: 'Give each service a published port of its own' },
  { verb: /deploy/, said: HELD_PORT, own: false, class: 'port_taken', fix: 'Free that port of this host, then run again; the recipe has not been judged' },
  { verb: /deploy/, said: /could not find an available|failed to allocate (gateway|address)/i, class: 'addresses_exhausted', fix: 'Remove networks that nobody uses, or give the Engine wider address pools, then run again' },
  { said: /no space left on device/i, class: 'disk_full', fix: 'Free disk space on the host, then run again' },
  { said: /secret.*(not found|not exist|missing|not generated)|(missing|unable to find).*secret/i, class: 'secret_missing', fix: 'Name the secret in .env.sample (SECRET_<NAME>_VERSION) so that it is generated, or insert it in install_steps.sh' },
  { said: /image.*not found|manifest unknown|No such image/i, class: 'image_missing', fix: 'Point the recipe at an image and tag that exist' },
]

const LONGEST_LINE = 500

/** Their hooks may take as long as they like: what is cut off there is the recipe's. */
const WAITS_FOR_HOOKS = /backup|restore/

/** What an abra command said last, and whether it ended by itself. */
export type Said = {
  readonly said: string
  readonly ended: Ended
  /** All that it printed, where that may be read. */
  readonly output?: string
  /** Of the app. */
  readonly stack?: string
}

/** Why an abra command that should have changed the app did not: from what it said. */
export function deployFailure(verb: string, answer: Said, otherwise: CauseClass): Cause {
  const { said } = answer
  const sentence = `"abra ${verb}" failed: ${said === '' ? 'it gave no reason' : said}`
  for (const pattern of PATTERNS) {
    const line = lineFor(pattern, verb, answer)
    if (line === undefined) continue
    const evidence = line.trim().slice(0, LONGEST_LINE)
    return { class: pattern.class, sentence, evidence, fix: pattern.fix }
  }
  const fix = `Read the log of "abra ${verb}" in the run folder`
  if (!fellOver(verb, answer)) return { class: otherwise, sentence, evidence: said, fix }
  return { class: 'fault', sentence, evidence: said, fix: `${fix}; the recipe has not been judged` }
}

/** The line that a pattern rests on; undefined: it does not apply. */
function lineFor(pattern: Pattern, verb: string, answer: Said): string | undefined {
  const { said, output = '', stack } = answer
  if (pattern.verb?.test(verb) === false) return undefined
  const own = stack !== undefined && said.includes(`'${stack}_`)
  if (pattern.own !== undefined && pattern.own !== own) return undefined
  const lines = [said, ...(pattern.anywhere === true ? output.split('\n') : [])]
  return lines.find(line => pattern.said.test(line))
}

/** A command that crashed, never started or hung says nothing about a recipe. */
function fellOver(verb: string, { ended }: Said): boolean {
  return ended === 'deadline' ? !WAITS_FOR_HOOKS.test(verb) : ended !== 'exited'
}
