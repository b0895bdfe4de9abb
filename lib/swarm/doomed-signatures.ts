import type { CauseClass } from '../domain/cause.js'

/** What the Engine, a registry or Swarm's scheduler says, and which class of cause it stands for. First match wins. */
// prettier-ignore
const SIGNATURES: readonly { readonly class: CauseClass; readonly says: RegExp }[] = [
  { class: 'disk_full',           says: /no space left on device|disk quota exceeded/i },
  { class: 'pull_limited',        says: /toomanyrequests|\b429\b|rate limit/i },
  { class: 'addresses_exhausted', says: /could not find an available|no available (ipv4 )?addresses|non-overlapping ipv4 address pool|failed to allocate (gateway|address)/i },
  { class: 'port_taken',          says: /host-mode port already in use|address already in use|port is already allocated|port '?\d+'? is already in use/i },
  { class: 'no_resources',        says: /no suitable node.*insufficient resources/i },
  { class: 'no_node',             says: /no suitable node/i },
  { class: 'secret_missing',      says: /(secret|config)\b.*(not found|does not exist|missing)|(no such|missing|unable to find) (secret|config)/i },
  // The Engine's own race, seen with 20.10 on a busy host: a process that it forks holds the mount of the secrets open.
  { class: 'fault',               says: /unable to remount dir as readonly.*device or resource busy/i },
  { class: 'image_missing',       says: /no such image|manifest unknown|manifest for .* not found|pull access denied|repository .*(does not exist|not found)|name unknown|invalid reference format/i },
]

/** A bind mount's missing folder and a missing program are called by the words for a secret. */
const NOT_BY_WORDS = /mount config for type|executable file not found/i

const UNREACHABLE =
  /client\.timeout exceeded|request canceled|: eof\b|temporary failure in name resolution|x509:|socket hang up|no answer within|connection refused|connection reset|i\/o timeout|tls handshake|deadline exceeded|unexpected eof|\b50[0234]\b|service unavailable|bad gateway|server misbehaving|network is unreachable|no route to host/i
const ABOUT_A_PULL = /\/v2\/|registry|\bpull/i
/** DNS's definite answer: there is no such registry, rather than one that is down. */
const NO_SUCH_REGISTRY = /no such host/i

/** The class of cause that a message of Swarm or the Engine stands for; undefined: an ordinary failure. */
export function classOfMessage(message: string): CauseClass | undefined {
  if (NOT_BY_WORDS.test(message)) return undefined
  const known = SIGNATURES.find(signature => signature.says.test(message))?.class
  if (known !== undefined) return known
  if (NO_SUCH_REGISTRY.test(message) && ABOUT_A_PULL.test(message)) return 'image_missing'
  return UNREACHABLE.test(message) && ABOUT_A_PULL.test(message) ? 'registry_down' : undefined
}

/**
 * What a failed pull of an image that is not on the host means. A registry that refuses, fails or does not answer is
 * down; one whose name does not exist has no images, and so the image is missing.
 */
export function classOfPullError(message: string): CauseClass {
  const known = SIGNATURES.find(signature => signature.says.test(message))?.class
  if (known !== undefined) return known
  if (NO_SUCH_REGISTRY.test(message)) return 'image_missing'
  return UNREACHABLE.test(message) ? 'registry_down' : 'image_missing'
}
