import type { Env } from '../domain/env.js'
import type { Emit } from '../domain/events.js'
import { childEnv } from '../process/child-env.js'
import type { RunProcess } from '../process/run-process.js'
import { createCaller, type Begun, type Caller, type CallerOptions } from './caller.js'
import { abraFacts, AbraUnfit, type AbraFacts } from './flags.js'
import { isNewer } from './help.js'
import { judgeLint, readLint, type LintVerdict } from './lint-table.js'
import { refusesDeployed, type AbraOutcome } from './outcome.js'
import { lackingOf, NEWEST_KNOWN, RELIED_ON } from './relied-on.js'
import { restoreCall } from './restore.js'
import { secretGenerate } from './secret-generate.js'

/** abra as typed verbs. Each resolves to an outcome, whatever abra does; nothing is thrown for a command that fails. */
export type Abra = {
  readonly facts: AbraFacts
  /** Writes the app's env file from the recipe's sample; may move the checkout. */
  readonly appNew: (domain: string, recipe: string, begun?: Begun) => Promise<AbraOutcome>
  /**
   * Makes all secrets that are not there yet; their values are known to the mask before anything is logged. May move the
   * checkout. @throws AbraGarbled when its machine output has another form.
   */
  readonly secretGenerate: (domain: string, begun?: Begun) => Promise<AbraOutcome>
  /** Deploys what is checked out, without abra's own wait. */
  readonly deploy: (domain: string, begun?: Begun) => Promise<AbraOutcome>
  readonly backupCreate: (domain: string, begun?: Begun) => Promise<AbraOutcome>
  /** The bot's list of the app's snapshots, as it prints it. */
  readonly backupSnapshots: (domain: string) => Promise<AbraOutcome>
  /** What a snapshot holds, as the bot prints it. */
  readonly backupList: (domain: string, snapshotId: string) => Promise<AbraOutcome>
  /** Restores a snapshot where abra takes one, else the newest; `snapshot` says which it was asked for. */
  readonly restore: (
    domain: string,
    snapshotId?: string,
    begun?: Begun,
  ) => Promise<AbraOutcome & { readonly snapshot: string | undefined }>
  /** Lints the checkout in another abra folder. */
  readonly lint: (recipe: string, scratch: LintScratch) => Promise<LintResult>
  /** What abra does to take an app's remains away, in order; each is best effort. */
  readonly removals: (domain: string, begun?: Begun) => readonly Removal[]
}

type LintScratch = {
  /** An abra folder that holds nothing but the recipe. */
  readonly abraDir: string
  /** The tree has uncommitted files. */
  readonly dirty: boolean
  readonly begun?: Begun
}

/** The verdict of lint and the table it rests on. */
type LintResult = LintVerdict & { readonly outcome: AbraOutcome }

/** One removal. Resolves with what abra said. */
type Removal = {
  readonly name: string
  /** Pointless when the Engine keeps nothing of this kind. */
  readonly takes?: 'volume' | 'secret'
  /** Needs the services, or their containers as well, to be gone, and nothing else: made while these end. */
  readonly beside?: 'container' | 'network'
  readonly call: (signal: AbortSignal) => Promise<string>
}

export type AbraOptions = {
  readonly run: RunProcess
  readonly env: Env
  /** The run's own abra folder. */
  readonly abraDir: string
  /** abra's name for the server. */
  readonly server: string
  readonly logDir: string
  readonly stateDir: string
  readonly emit: Emit
  /** Makes a value unreadable in all output from now on. */
  readonly addSecret: (value: string) => void
  readonly signal?: AbortSignal
  /** Makes the checkout clean, uncommitted files gone; see {@link CallerOptions}. */
  readonly tidyTree?: () => Promise<void>
  /** Known already: nothing is looked up again. */
  readonly facts?: AbraFacts
}

const MINUTE_MS = 60_000

/**
 * Finds abra and looks up what it takes.
 *
 * @throws AbsentFault when there is no abra.
 * @throws AbraUnfit when a command or flag that the harness relies on is missing; names it, and the version.
 */
export async function createAbra(options: AbraOptions): Promise<Abra> {
  const env = childEnv(options.env, 'abra', { ABRA_CI: '1', ABRA_DIR: options.abraDir })
  const { run, stateDir, emit } = options
  const { facts } = options
  if (facts !== undefined) return verbs({ ...options, facts, env })
  const found = await abraFacts({ run, env, stateDir })
  await demandAll(found)
  if (isNewer(found.version, NEWEST_KNOWN))
    emit({
      type: 'run.warned',
      text: `abra ${found.version} is newer than the newest known (${NEWEST_KNOWN}): its flags are there, its habits may differ`,
    })
  return verbs({ ...options, facts: found, env })
}

// All are asked at once; none is left running behind a fault.
async function demandAll(facts: AbraFacts): Promise<void> {
  const asked = Object.keys(RELIED_ON).map(command => demand(facts, command))
  const refused = (await Promise.allSettled(asked)).find(each => each.status === 'rejected')
  if (refused !== undefined) throw refused.reason
}

async function demand(facts: AbraFacts, command: string): Promise<void> {
  const lacking = await lackingOf(facts, command, RELIED_ON[command] ?? [])
  if (lacking !== undefined) throw new AbraUnfit({ ...lacking, version: facts.version })
}

type Known = AbraOptions & CallerOptions

function verbs(known: Known): Abra {
  const call = createCaller(known)
  return {
    facts: known.facts,
    appNew: (domain, recipe, begun) =>
      call({
        begun,
        command: 'app new',
        args: [recipe],
        flags: { domain, server: known.server, chaos: true },
        deadlineMs: 2 * MINUTE_MS,
      }),
    secretGenerate: (domain, begun) => secretGenerate({ ...known, call }, domain, begun),
    deploy: (domain, begun) => deploy(call, domain, begun),
    ...backup(known, call),
    lint: (recipe, scratch) => lint(call, recipe, scratch),
    removals: (domain, begun) => removals(call, domain, begun),
  }
}

// An app that is deployed is refused by some without --force, whatever --chaos says. A refusal deploys nothing.
async function deploy(call: Caller, domain: string, begun: Begun): Promise<AbraOutcome> {
  const flags = { chaos: true, 'no-converge-checks': true, 'no-domain-checks': true } as const
  const request = { command: 'app deploy', args: [domain], deadlineMs: 5 * MINUTE_MS, begun }
  const first = await call({ ...request, flags })
  if (!refusesDeployed(first)) return first
  return call({ ...request, flags: { ...flags, force: true } })
}

function backup(
  { facts }: Known,
  call: Caller,
): Pick<Abra, 'backupCreate' | 'backupSnapshots' | 'backupList' | 'restore'> {
  const flags = { chaos: true } as const
  const [terminal, deadlineMs] = [true, 20 * MINUTE_MS]
  const looking = { terminal, deadlineMs: MINUTE_MS }
  return {
    backupCreate: (domain, begun) =>
      call({ command: 'app backup create', args: [domain], flags, terminal, deadlineMs, begun }),
    backupSnapshots: domain =>
      call({ command: 'app backup snapshots', args: [domain], flags, ...looking }),
    backupList: (domain, snapshot) =>
      call({
        command: 'app backup list',
        args: [domain],
        flags: { ...flags, snapshot, all: true },
        ...looking,
      }),
    restore: async (domain, snapshotId, begun) => {
      const listed = (await facts.flagsOf('app restore')) ?? { flags: {}, usage: '' }
      const { snapshot, ...words } = restoreCall(listed, domain, snapshotId)
      const outcome = await call({ command: 'app restore', ...words, terminal, deadlineMs, begun })
      return { ...outcome, snapshot }
    },
  }
}

async function lint(
  call: Caller,
  recipe: string,
  { abraDir, dirty, begun }: LintScratch,
): Promise<LintResult> {
  const flags = { chaos: true } as const
  const request = { command: 'recipe lint', args: [recipe], deadlineMs: MINUTE_MS, begun }
  const outcome = await call({ ...request, flags, abraDir, terminal: true })
  const verdict = judgeLint(readLint(outcome.output), dirty)
  // Some end a lint that broken rules fail as they end one that could not be made.
  if (outcome.ok || (outcome.ended === 'exited' && verdict.status === 'fail'))
    return { ...verdict, outcome }
  return { status: 'unver', detail: `could not lint: ${outcome.said}`, rulesFailed: [], outcome }
}

function removals(call: Caller, domain: string, begun: Begun): readonly Removal[] {
  const asking =
    (command: string, flags: Readonly<Record<string, true>>): Removal['call'] =>
    async signal => {
      const asked = { command, args: [domain], flags, signal, begun }
      const outcome = await call({ ...asked, deadlineMs: 10_000 })
      return outcome.ok ? 'done' : outcome.said
    }
  return [
    {
      name: 'secret rm',
      takes: 'secret',
      beside: 'container',
      call: asking('app secret rm', { all: true, chaos: true }),
    },
    {
      name: 'volume remove',
      takes: 'volume',
      beside: 'network',
      call: asking('app volume remove', { force: true }),
    },
    { name: 'remove', call: asking('app remove', { force: true }) },
  ]
}
