import { resolve } from 'node:path'
import { isCrashPoint, nearestCrashPoint, type CrashPoint } from '../../domain/crash-points.js'
import { Malformed } from './malformed.js'
import { isRefName } from './ref-name.js'

/** Turns the text of a setting into its value or throws {@link Malformed}. Relative paths start at `baseDir`. */
export type Parse<T> = (text: string, baseDir: string) => T

const BOOLEANS: Readonly<Record<string, boolean>> = {
  '1': true,
  true: true,
  '0': false,
  false: false,
}

export const parseBoolean: Parse<boolean> = text => {
  const value = Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined
  if (value === undefined) throw new Malformed('1, 0, true or false')
  return value
}

/** A whole number of at most nine digits. */
export const parseCount: Parse<number> = text => {
  if (!/^[0-9]{1,9}$/.test(text)) throw new Malformed('a whole number of 1 to 9 digits')
  return Number(text)
}

const LONGEST_MINUTES = 7 * 24 * 60

/** Minutes, fractions allowed, to milliseconds. A week at most: the longest that a timer can be trusted with. */
export const parseMinutes: Parse<number> = text => {
  const minutes = /^[0-9]{1,5}(?:\.[0-9]{1,3})?$/.test(text) ? Number(text) : 0
  if (minutes <= 0 || minutes > LONGEST_MINUTES) {
    throw new Malformed(`a number of minutes above 0 and up to ${LONGEST_MINUTES}`)
  }
  return Math.ceil(minutes * 60_000)
}

/** A path, made absolute: a run leaves its working directory at once. */
export const parsePath: Parse<string> = (text, baseDir) => {
  if (text === '' || /\p{Cc}/u.test(text)) throw new Malformed('a path')
  return resolve(baseDir, text)
}

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`)

/** A wildcard suffix, in lower case. */
export const parseSuffix: Parse<string> = text => {
  const suffix = text.toLowerCase()
  if (suffix.length > 200 || !DOMAIN.test(suffix)) {
    throw new Malformed(
      'a domain name such as ci.example.org',
      text.startsWith('*.') ? 'Leave the leading "*." out' : undefined,
    )
  }
  return suffix
}

const SERVER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/

/** abra's name for a server: the folder below `servers`. */
export const parseServer: Parse<string> = text => {
  if (!SERVER.test(text)) throw new Malformed('the name of a server as "abra server ls" shows it')
  return text
}

export type HostAndPort = { readonly host: string; readonly port: number }

const HOST_AND_PORT =
  /^(?:\[(?<six>[0-9A-Fa-f:.]+)\]|(?<name>[A-Za-z0-9][A-Za-z0-9.-]*))(?::(?<port>[0-9]{1,5}))?$/

/** `host:port`; without a port 443. IPv6 addresses stand in brackets. */
export const parseGateway: Parse<HostAndPort> = text => {
  const parts = HOST_AND_PORT.exec(text)?.groups
  const host = parts?.['six'] ?? parts?.['name']
  const port = Number(parts?.['port'] ?? 443)
  if (host === undefined || port < 1 || port > 65_535) {
    throw new Malformed('host:port, such as 127.0.0.1:443')
  }
  return { host, port }
}

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Parse<Word> {
  return text => {
    const word = words.find(candidate => candidate === text)
    if (word === undefined) throw new Malformed(`one of ${words.join(', ')}`)
    return word
  }
}

/** Adapts a parser that answers undefined when it does not understand. */
export function orMalformed<T>(parse: (text: string) => T | undefined, expected: string): Parse<T> {
  return text => {
    const value = parse(text)
    if (value === undefined) throw new Malformed(expected)
    return value
  }
}

export const parseCrashPoint: Parse<CrashPoint> = text => {
  if (isCrashPoint(text)) return text
  const likely = nearestCrashPoint(text)
  throw new Malformed(`a crash point, such as ${likely}`, `Write ${likely}, or leave it out`)
}

/** Each once; in which order they are named does not matter. */
export const parseCrashPoints: Parse<readonly CrashPoint[]> = (text, baseDir) => {
  const words = text.split(',').map(word => word.trim())
  return [...new Set(words.map(word => parseCrashPoint(word, baseDir)))]
}

/** A reference to an image, which goes into a compose file as it is. */
export const parseImage: Parse<string> = text => {
  if (!/^[a-zA-Z0-9][\w.:/@-]{0,254}$/.test(text))
    throw new Malformed('an image such as busybox:1.37.0')
  return text
}

const REF = 'forty hex digits, or the name of a branch or tag as git takes it'

export const parseRef: Parse<string> = text => {
  if (!isRefName(text)) throw new Malformed(REF)
  return text
}

export const parseVersion: Parse<string> = text => {
  if (!isRefName(text)) throw new Malformed('a published version such as 1.2.0+4.5.1')
  return text
}
