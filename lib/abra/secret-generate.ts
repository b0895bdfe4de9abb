import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../errors.js'
import type { Begun, Caller } from './caller.js'
import type { AbraFacts } from './flags.js'
import type { AbraOutcome } from './outcome.js'
import { generatedValues, insertedByHand, listedSecrets, readsAsJson } from './secrets.js'

const DEADLINE_MS = 120_000

/** abra's machine output is not what it should be. */
class AbraGarbled extends Fault {
  readonly code = 'RCI_ABRA_GARBLED'
  readonly hint =
    'Look at its log in the run folder: this version of abra may answer in another form'
  readonly command: string

  constructor(command: string, output: string) {
    super(`Cannot read what "abra ${command}" printed: ${JSON.stringify(output.slice(0, 200))}`)
    this.command = command
  }
}

export type SecretPorts = {
  readonly call: Caller
  readonly facts: AbraFacts
  readonly abraDir: string
  readonly server: string
  /** Makes a value unreadable in all output from now on. */
  readonly addSecret: (value: string) => void
}

/**
 * Makes all secrets of an app. All there already, or none wanted: some versions end such a call with exit status 1. Then
 * the list of secrets says whether one is missing that a person would not insert by hand.
 *
 * @throws AbraGarbled when machine output has another form than JSON.
 */
export async function secretGenerate(
  ports: SecretPorts,
  domain: string,
  begun?: Begun,
): Promise<AbraOutcome> {
  const { call, addSecret } = ports
  const command = 'app secret generate'
  const machine = await listsMachine(ports, command)
  let printed = ''
  const made = await call({
    command,
    args: [domain],
    flags: { all: true, machine: true, chaos: true },
    deadlineMs: DEADLINE_MS,
    terminal: !machine,
    begun,
    learn: ({ stdout, stderr }) => {
      printed = stdout
      for (const value of generatedValues(stdout, stderr))
        if (!namesApp(value, domain)) addSecret(value)
    },
  })
  if (made.ok && machine && !readsAsJson(printed)) throw new AbraGarbled(command, printed)
  return made.ok || made.ended !== 'exited' ? made : judge(made, await missing(ports, domain))
}

// A record in which the app's own name is masked could not be read by anybody.
function namesApp(value: string, domain: string): boolean {
  const names = [domain, domain.replaceAll('.', '_')]
  return names.some(name => name.includes(value) || value.includes(name))
}

function judge(made: AbraOutcome, missing: readonly string[] | undefined): AbraOutcome {
  if (missing === undefined) return made.fatal === '' ? { ...made, ok: true } : made
  if (missing.length > 0) return { ...made, said: `${made.said} (missing: ${missing.join(', ')})` }
  return { ...made, ok: true, said: 'every secret that is wanted is there' }
}

// Undefined: this abra does not say.
async function missing(ports: SecretPorts, domain: string): Promise<readonly string[] | undefined> {
  const command = 'app secret ls'
  const machine = await listsMachine(ports, command)
  const outcome = await ports.call({
    command,
    args: [domain],
    flags: { machine: true, chaos: true },
    terminal: !machine,
    deadlineMs: DEADLINE_MS,
  })
  if (!outcome.ok) return undefined
  const listed = listedSecrets(outcome.stdout)
  if (listed === undefined && machine) throw new AbraGarbled(command, outcome.stdout)
  const envFile = join(ports.abraDir, 'servers', ports.server, `${domain}.env`)
  const byHand = insertedByHand(await readFile(envFile, 'utf8').catch(() => ''))
  return listed
    ?.filter(({ name, created }) => !created && !byHand.includes(name))
    .map(({ name }) => name)
}

async function listsMachine({ facts }: SecretPorts, command: string): Promise<boolean> {
  return (await facts.flagsOf(command))?.flags['machine'] !== undefined
}
