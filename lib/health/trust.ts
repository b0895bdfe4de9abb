import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { AbsentFault } from '../errors.js'

const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
]

/** The authorities that a certificate may lead to. Throws as {@link loadTrust} does. */
export type Trust = () => Promise<SecureContext>

/** Reads them once, when they are first asked for: to parse some 300 certificates takes 40 ms. */
export function createTrust(extraCa: string | undefined): Trust {
  let loaded: Promise<SecureContext> | undefined
  return () => (loaded ??= loadTrust(extraCa))
}

/**
 * The host's own authorities, Node's, and the extra one of the config. Throws {@link AbsentFault} when the extra file
 * cannot be read or holds no certificate: Node takes such a file without a word, and what it should have vouched for
 * would be judged as bad.
 */
export async function loadTrust(extraCa: string | undefined): Promise<SecureContext> {
  const system = await firstReadable(SYSTEM_BUNDLES)
  const extra = extraCa === undefined ? [] : certificatesIn(extraCa, await readExtra(extraCa))
  return createSecureContext({ ca: [...rootCertificates, ...system, ...extra] })
}

async function readExtra(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const hint = 'Point "ca" of the config, or CCCI_CA, at a readable PEM file'
    throw new AbsentFault(`Cannot read CA "${path}": it is not there or not readable`, hint, {
      cause,
    })
  }
}

const BLOCK = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]*-----END \1-----/g

function certificatesIn(path: string, text: string): readonly string[] {
  const blocks = [...text.matchAll(BLOCK)].map(([block]) => block)
  const unfit = blocks.findIndex(block => !isCertificate(block))
  if (blocks.length > 0 && unfit < 0) return blocks
  const why = unfit < 0 ? 'it holds no certificate' : `its certificate ${unfit + 1} cannot be read`
  throw new AbsentFault(
    `Cannot use CA "${path}": ${why}`,
    'Point "ca" of the config, or CCCI_CA, at a PEM file ("-----BEGIN CERTIFICATE-----")',
  )
}

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0
  } catch {
    return false
  }
}

async function firstReadable(paths: readonly string[]): Promise<string[]> {
  for (const path of paths) {
    try {
      return [await readFile(path, 'utf8')]
    } catch {
      continue // another distribution keeps it elsewhere
    }
  }
  return []
}
