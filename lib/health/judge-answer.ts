import type { Cause } from '../domain/cause.js'
import type { Answer, Silence } from './https-request.js'

/** Who answered: the app, or the proxy in its stead. */
export type Speaker = 'app' | 'proxy'

/** A look at one answer. */
export type Judgement = {
  readonly serving: boolean
  /** What was seen, for a person. */
  readonly seen: string
  readonly cause: Cause | undefined
}

/** Traefik's own bodies, told apart by their exact text: an app's own page of the same status is another finding. */
const PROXY_BODIES: Readonly<Record<number, string>> = {
  404: '404 page not found',
  502: 'Bad Gateway',
  503: 'no available server',
  504: 'Gateway Timeout',
}

export function speakerOf({ status, body }: Answer): Speaker {
  const text = body.trim()
  const isNotFound = text === PROXY_BODIES[404]
  return isNotFound || (text !== '' && text === PROXY_BODIES[status]) ? 'proxy' : 'app'
}

/**
 * Judges one answer: the status must be wanted, 404 never counts, and neither do the proxy's own pages, what is
 * answered for every name, and a redirect to the very address that was asked.
 */
export function judge(
  answer: Answer | Silence,
  wanted: { readonly url: string; readonly ok: readonly number[] },
): Judgement {
  if (answer.kind === 'silence') return judgeSilence(answer, wanted.url)
  const speaker = speakerOf(answer)
  const target = answer.location === undefined ? '' : ` to ${answer.location}`
  const seen = `HTTP ${answer.status}${target}${speaker === 'proxy' ? ' from the proxy' : ''}`
  const odd = oddWords(answer, { speaker, url: wanted.url })
  if (odd === undefined && answer.status !== 404 && wanted.ok.includes(answer.status)) {
    return { serving: true, seen, cause: undefined }
  }
  const words = odd ?? appWords(answer, wanted.ok)
  const sentence = `${wanted.url} does not serve: ${words.what}`
  const evidence = `${seen}, body: ${excerpt(answer.body)}`
  return {
    serving: false,
    seen,
    cause: { class: 'not_serving', sentence, evidence, fix: words.fix },
  }
}

const REDIRECTS = [301, 302, 303, 307, 308]

/** A redirect that every client follows in a circle, but for one that comes back with the cookie it was given. */
function leadsBack({ status, location, setsCookie }: Answer, url: string): boolean {
  if (!REDIRECTS.includes(status) || location === undefined || setsCookie) return false
  return URL.canParse(location, url) && bare(new URL(location, url)) === bare(new URL(url))
}

/** An address as it is asked for: what follows "#" is never sent. */
function bare(url: URL): string {
  url.hash = ''
  return url.href
}

function judgeSilence({ at, why }: Silence, url: string): Judgement {
  const { what, fix } = SILENCES[at]
  // A gateway that takes no connection is the bench's trouble, not the recipe's.
  const found = at === 'gateway' ? 'fault' : 'not_serving'
  const cause: Cause = { class: found, sentence: `${url} ${what}`, evidence: why, fix }
  return { serving: false, seen: why, cause }
}

type Words = { readonly what: string; readonly fix: string }

const SILENCES: Readonly<Record<Silence['at'], Words>> = {
  gateway: {
    what: 'cannot be reached: the gateway takes no connection',
    fix: 'Start the proxy, and check "gateway" and "domain" of the config',
  },
  handshake: {
    what: 'does not serve: the connection ended without a TLS answer',
    fix: 'Check the service behind the TCP router: that it is up, listens on the port "loadbalancer.server.port" and speaks TLS',
  },
  answer: {
    what: 'does not serve: the connection ended without an answer',
    fix: 'Look at the log of the service behind the route',
  },
}

/** What each status of the proxy's own pages means. */
const PROXY_WORDS: Readonly<Record<number, Words>> = {
  502: {
    what: 'the proxy knows the route, but the service behind it refuses the connection or ends it without an answer (502)',
    fix: 'Check the label "loadbalancer.server.port", that the service listens on that port on all addresses, and its log',
  },
  503: {
    what: 'the proxy knows the route, but has no running task behind it (503)',
    fix: 'Check that the service stays up, and that it sits on the "proxy" network',
  },
  504: {
    what: 'the proxy knows the route, but the service behind it does not answer in time (504)',
    fix: 'Check that the service sits on the "proxy" network and answers quickly',
  },
}

const NO_ROUTE: Words = {
  what: 'the proxy knows no route to it (its own 404 page)',
  fix: 'Check "traefik.enable", the router rule and that the service sits on the "proxy" network',
}

/** What is wrong with an answer whatever its status; undefined: nothing. */
function oddWords(
  answer: Answer,
  { speaker, url }: { readonly speaker: Speaker; readonly url: string },
): Words | undefined {
  if (speaker === 'proxy') return PROXY_WORDS[answer.status] ?? NO_ROUTE
  if (answer.alsoFor !== undefined) return commonWords(answer.alsoFor)
  return leadsBack(answer, url) ? loopWords(answer) : undefined
}

function commonWords(name: string): Words {
  return {
    what: `the gateway gives the same answer for a name that no app has (${name}), so nothing shows that the app gave it`,
    fix: 'Take away the route that catches every name, or the gate before all of them',
  }
}

function loopWords({ status }: Answer): Words {
  return {
    what: `the app redirects to the address that was asked (${status}), so that nobody ever comes to a page`,
    fix: 'Make the app trust the header "X-Forwarded-Proto" of the proxy, or set HEALTH_PATH in recipe-ci.yml to a path that is a page',
  }
}

function appWords({ status }: Answer, ok: readonly number[]): Words {
  const fix =
    status === 404
      ? 'Set HEALTH_PATH in recipe-ci.yml to a path that exists; 404 never counts as serving'
      : 'Make the path answer as expected, or set HEALTH_PATH or HEALTH_OK in recipe-ci.yml'
  return { what: `the app answers ${status}, wanted ${ok.join(' or ')}`, fix }
}

function excerpt(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim()
  return line === '' ? 'empty' : JSON.stringify(line.slice(0, 160))
}
