import type { Cause, CauseClass } from '../domain/cause.js'
import { detailOf } from './doomed-lives.js'
import type { Doom } from './doom.js'

/** What was found out about a doomed deploy besides its tasks. */
export type Findings = {
  /** The last line that the failed container wrote. */
  readonly lastLine: string | undefined
  /** What the last failed health check printed. */
  readonly healthOutput: string | undefined
  /** What the registry says to a pull of the image. */
  readonly pullError: string | undefined
  /** That the Engine's disk has next to nothing left. */
  readonly fullDisk: string | undefined
}

export const NO_FINDINGS: Findings = {
  lastLine: undefined,
  healthOutput: undefined,
  pullError: undefined,
  fullDisk: undefined,
}

type Words = { readonly sentence: string; readonly fix: string }
type Phrase = (doom: Doom) => Words

// prettier-ignore
const PHRASES: Readonly<Partial<Record<CauseClass, Phrase>>> = {
  image_missing: ({ service }) => ({
    sentence: `Service "${service.name}" cannot start: image "${service.image}" does not exist here and cannot be pulled`,
    fix: `Check the image name and tag of "${service.name}" in the compose file`,
  }),
  pull_limited: ({ service }) => ({
    sentence: `The registry refuses to hand out image "${service.image}" of service "${service.name}": too many pulls`,
    fix: 'Log this host in to the registry, or wait until the limit is over, and run again',
  }),
  registry_down: ({ service }) => ({
    sentence: `The registry of image "${service.image}" of service "${service.name}" does not answer`,
    fix: 'Run again when the registry answers; the recipe has not been judged',
  }),
  secret_missing: ({ service }) => ({
    sentence: `Service "${service.name}" cannot start: a secret or config that it needs does not exist`,
    fix: `Declare the secret with its version in .env.sample, or take it out of "${service.name}"`,
  }),
  no_node: ({ service }) => ({
    sentence: `No node can take service "${service.name}": its placement or ports do not fit`,
    fix: `Look at "deploy.placement" and host-mode ports of "${service.name}"; with host ports use "order: stop-first"`,
  }),
  no_resources: ({ service }) => ({
    sentence: `No node has the resources that service "${service.name}" reserves`,
    fix: 'Free memory or processors on this host, or lower "deploy.resources.reservations"',
  }),
  port_taken: ({ service }) => ({
    sentence: `Service "${service.name}" cannot start: a host port that it wants is taken`,
    fix: 'Stop whatever listens on that port of this host, then run again',
  }),
  addresses_exhausted: ({ service }) => ({
    sentence: `Service "${service.name}" gets no network address: a network that it sits on has none left`,
    fix: 'Recreate the shared "proxy" network with a wider subnet, such as a /16; removing it frees lost addresses',
  }),
  disk_full: ({ service }) => ({
    sentence: `Service "${service.name}" cannot run: the disk of this host is full`,
    fix: 'Free space below the data folder of the Docker Engine, then run again',
  }),
  fault: ({ service, times, life }) => ({
    sentence: `The Docker Engine failed ${count(times)} to start service "${service.name}"${
      life === undefined ? '' : `: ${detailOf(life)}`}`,
    fix: 'Run again: the Engine failed, and the recipe has not been judged; if it comes back, look at the Engine\'s own log',
  }),
  oom: ({ service, times }) => ({
    sentence: `Service "${service.name}" was killed ${count(times)} for want of memory`,
    fix: `Raise "deploy.resources.limits.memory" of "${service.name}", or make it need less`,
  }),
  killed_unhealthy: ({ service, times }) => ({
    sentence: `Swarm stopped service "${service.name}" ${count(times)} because its health check failed`,
    fix: `Run the health check of "${service.name}" by hand; if the start takes long, raise its "start_period"`,
  }),
  crash_loop: ({ service, times, detail, final }) => ({
    sentence: final === true
      ? `Service "${service.name}" ended ${count(times)} with ${detail}, and Swarm does not start it again`
      : `Service "${service.name}" keeps ending: ${count(times)} with ${detail}`,
    fix: `Read the last lines that "${service.name}" wrote before it ended, in the record of this run`,
  }),
  rolled_back: ({ service, times, life }) => ({
    sentence: `Swarm rolled service "${service.name}" back to the version before${
      life === undefined ? '' : `: its new tasks failed ${count(times)} with ${detailOf(life)}`}`,
    fix: `Make the new version of "${service.name}" start and stay healthy; the old version is what answers now`,
  }),
}

/**
 * Puts a doom into one sentence, its evidence and one fix. Prefers what the registry says over what Swarm says. An app that
 * fails where nobody can write any more has not been judged.
 */
export function causeOf(found: Doom, findings: Findings): Cause {
  const doom = {
    ...found,
    ...(findings.fullDisk === undefined ? {} : { class: 'disk_full' as const }),
    detail: found.detail === '' ? 'no word of why' : found.detail,
  }
  const phrase = PHRASES[doom.class] ?? notConverged
  return { class: doom.class, ...phrase(doom), evidence: evidenceOf(doom, findings) }
}

function notConverged({ service, detail }: Doom): Words {
  return {
    sentence: `Service "${service.name}" did not converge: ${detail}`,
    fix: `Look at the task history and last lines of "${service.name}" in the record of this run`,
  }
}

function evidenceOf(doom: Doom, findings: Findings): string {
  const own = doom.life === undefined ? '' : detailOf(doom.life)
  const parts = [
    doom.detail,
    doom.detail.includes(own) ? '' : own,
    labelled('registry', findings.pullError),
    labelled('disk', findings.fullDisk),
    doom.class === 'killed_unhealthy' ? labelled('health check', findings.healthOutput) : '',
    doom.service.update?.state === 'paused' ? doom.service.update.message : '',
    labelled('last line', findings.lastLine),
  ]
  return parts.filter(part => part !== '').join('; ')
}

function labelled(label: string, text: string | undefined): string {
  return text === undefined || text.trim() === '' ? '' : `${label}: ${text.trim()}`
}

function count(times: number): string {
  return times === 1 ? 'once' : `${times} times`
}
