import { lookup } from 'node:dns/promises'
import type { Observation } from '../../domain/finding.js'
import { writtenAddress } from '../../domain/written-address.js'
import { certificateProblem } from '../../health/certificate.js'
import type { Answer } from '../../health/https-request.js'
import { speakerOf } from '../../health/judge-answer.js'
import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { fail, needed, NotLookedAt, ok, warn } from '../look.js'

const FEW_DAYS = 14
const DAY_MS = 24 * 60 * 60 * 1000
const CERTIFICATE_FIX =
  'Give the proxy the wildcard certificate of the suffix, and name its CA in the config ("ca") if it is not public'

/** The name that is asked for: below the suffix, and no run's. */
export function probeName(domain: string): string {
  return `doctor-asks.${domain}`
}

/** How apps are reached, and what vouches for them. */
export const GATEWAY_CHECKS: readonly Check<Bench>[] = [
  {
    id: 'gateway',
    about: 'the wildcard resolves, the proxy takes connections, and no other app answers for it',
    look: lookAtGateway,
  },
  {
    id: 'certificate',
    about:
      "the certificate verifies for a name below the suffix, is not Traefik's default, and lasts",
    look: async bench => {
      const { certificate } = await answerOf(bench)
      return judgeCertificate(certificate, bench.now())
    },
  },
]

async function lookAtGateway(bench: Bench): Promise<Observation> {
  const { config, domain } = bench
  if (domain === undefined) throw new NotLookedAt('domain')
  const { gateway } = config
  const host = gateway?.host ?? probeName(domain)
  const address = await lookup(host).catch(() => undefined)
  if (address === undefined)
    return fail(
      `"${host}" does not resolve`,
      `Point *.${domain} at this host, or set "gateway" to host:port of the proxy`,
    )
  const where = writtenAddress({ host: address.address, port: gateway?.port ?? 443 })
  const answer = await bench.answer()
  if (answer.kind === 'silence')
    return fail(
      `${where}: ${answer.why}`,
      'Start the proxy, and check "gateway" and "domain" of the config',
    )
  return judgeStranger(answer, where)
}

/** To a name that no app has, the proxy itself must answer, with its 404. */
function judgeStranger(answer: Answer, where: string): Observation {
  if (answer.status === 404 && speakerOf(answer) === 'proxy') return ok(`${where}, Traefik answers`)
  return warn(
    `${where} answers HTTP ${answer.status} for a name that no app has`,
    'Take the route away that catches every name: a broken app would seem to answer',
  )
}

async function answerOf(bench: Bench): Promise<Answer> {
  if (bench.domain === undefined) throw new NotLookedAt('domain')
  const answer = await needed(bench.answer(), 'gateway')
  if (answer.kind === 'silence') throw new NotLookedAt('gateway')
  return answer
}

function judgeCertificate(facts: Answer['certificate'], now: Date): Observation {
  const names = facts.names || facts.subject || 'a certificate without names'
  const problem = certificateProblem(facts)
  if (problem !== undefined) return fail(`${names}: ${problem}`, CERTIFICATE_FIX)
  const days = Math.floor((Date.parse(facts.validTo) - now.getTime()) / DAY_MS)
  const seen = `${names}, by "${facts.issuer}", ${days} days left`
  return days < FEW_DAYS ? warn(seen, 'Renew the wildcard certificate') : ok(seen)
}
