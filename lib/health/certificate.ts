import type { Cause } from '../domain/cause.js'
import type { Check } from '../domain/check.js'
import type { CertificateFacts } from './https-request.js'

const DEFAULT_CERTIFICATE = 'TRAEFIK DEFAULT CERT'

/**
 * Whether the certificate that the app was served with leads to a trusted authority, is for the name and in time, and
 * is not the one that Traefik makes up when it has none.
 */
export function certificateCheck(domain: string, facts: CertificateFacts): Check {
  const name = 'certificate'
  const seen = `"${facts.subject}" by "${facts.issuer}", for ${facts.names || 'no name'}, until ${facts.validTo}`
  const problem = certificateProblem(facts)
  if (problem === undefined) return { name, status: 'pass', ms: 0, detail: seen }
  const cause: Cause = {
    class: 'bad_certificate',
    sentence: `The certificate of https://${domain} is not good: ${problem}`,
    evidence: seen,
    fix: 'Give the proxy the wildcard certificate of the CI domain, and name its CA in the config ("ca") if it is not public',
  }
  return { name, status: 'fail', ms: 0, detail: `${problem}; ${seen}`, cause }
}

/** Why a certificate is not good for a name; undefined: it is. */
export function certificateProblem(facts: CertificateFacts): string | undefined {
  if (`${facts.subject} ${facts.issuer}`.includes(DEFAULT_CERTIFICATE)) {
    return "it is Traefik's own default certificate"
  }
  return facts.problem
}
