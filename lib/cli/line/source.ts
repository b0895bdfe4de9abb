import type { Source } from '../../domain/request.js'
import { Malformed } from './malformed.js'

const PART = String.raw`[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?`
const OWNER_AND_NAME = new RegExp(`^${PART}/${PART}$`)
const HAS_SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/

const SOURCE = 'an absolute path of a git repository, "owner/name", or an https, ssh or file URL'
const BASE = 'an absolute path, or an http, https, ssh or file URL'

/**
 * Resolves what `--src` says to something that `git clone` can be given without fear: git's `ext::` transport runs
 * commands, and a leading hyphen is an option.
 */
export function parseSource(text: string, mirrorBase: string | undefined): Source {
  if (!isPlain(text)) throw new Malformed(SOURCE)
  if (text.startsWith('/')) return { kind: 'path', location: text }
  if (OWNER_AND_NAME.test(text)) return below(mirrorBase, text)
  if (!isUrl(text, ['https:', 'ssh:', 'file:'])) throw new Malformed(SOURCE, fixOf(text))
  return { kind: 'url', location: text }
}

/** A base below which repositories lie, without its trailing slashes. */
export function parseBase(text: string): string {
  const known = isPlain(text) && (text.startsWith('/') || isUrl(text, BASE_SCHEMES))
  if (!known) throw new Malformed(BASE)
  return text.replace(/\/+$/, '')
}

const BASE_SCHEMES = ['http:', 'https:', 'ssh:', 'file:']

function below(mirrorBase: string | undefined, path: string): Source {
  if (mirrorBase === undefined) {
    throw new Malformed(
      'an absolute path or a URL, as no mirrorBase is configured',
      'Set mirrorBase in the config file or CCCI_MIRROR_BASE to what owner/name is below',
    )
  }
  // No ".git": forges answer with and without it, and git itself looks for "<path>.git" on a disk.
  return { kind: 'mirror', location: `${mirrorBase}/${path}` }
}

function isPlain(text: string): boolean {
  return text !== '' && !text.startsWith('-') && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)
}

function isUrl(text: string, schemes: readonly string[]): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !schemes.includes(url.protocol)) return false
  if (!/^[a-z]+:\/\//i.test(text)) return false
  return url.protocol === 'file:' ? isFilePath(url) : isHost(url)
}

function isFilePath(url: URL): boolean {
  return url.host === '' && url.pathname.length > 1
}

// git decodes percent signs before it hands the host to ssh.
function isHost(url: URL): boolean {
  return (
    /^(?:[A-Za-z0-9_][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])$/.test(url.hostname) &&
    /^(?!-)[^\p{Cc}]*$/u.test(decoded(url.username))
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return '-'
  }
}

function fixOf(text: string): string | undefined {
  if (/^[\w.-]+@[\w.-]+:[^/]/.test(text)) return 'Write it as ssh://user@host/owner/name.git'
  return HAS_SCHEME.test(text) ? undefined : 'Give the absolute path of the repository'
}
