/**
 * A published version of a recipe: `<recipe semver>+<app version>`, as in `1.7.1+1.27.2`. The part behind the plus may be
 * missing, and a leading `v` is tolerated.
 */
export type Version = {
  /** As written: the name of the tag. */
  readonly text: string
  readonly recipe: readonly Token[]
  readonly app: readonly Token[]
}

/** A run of digits (compared by value) or of anything else (compared as text); `pre` sorts below the end. */
type Token =
  | { readonly kind: 'pre' | 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly value: bigint }

const VERSION = /^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?|\d+(?:\.\d+)?(?=\+))(?:\+(.+))?$/
const LONGEST = 200
const PRE_RELEASE = /^(?:alpha|beta|rc|pre|preview|dev|snapshot|nightly)$/i

/** Reads a version, or undefined for a tag of another kind (`latest`, `renovate/nginx`, a date). */
export function parseVersion(text: string): Version | undefined {
  const trimmed = text.trim()
  const match = trimmed.length > LONGEST ? null : VERSION.exec(trimmed)
  if (match === null) return undefined
  return {
    text: trimmed,
    recipe: semverTokens(match[1] ?? ''),
    app: tokens(withoutPrefix(match[2] ?? '')),
  }
}

/**
 * The one ordering of versions: the recipe's part first, then the app's. Negative: `a` is older.
 * `1.9.0` is older than `1.10.0`, `1.0.0-rc1` older than `1.0.0`, `1.0.6` older than `1.0.6-social-amd64`.
 */
export function compareVersions(a: Version, b: Version): number {
  return compareTokens(a.recipe, b.recipe) || compareTokens(a.app, b.app)
}

/** Whether two version names mean the same version; names that are no versions are compared as they stand. */
export function sameVersion(a: string, b: string): boolean {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  if (left === undefined || right === undefined) return a === b
  return compareVersions(left, right) === 0
}

/** Those items whose name is a version, newest first. */
export function newestFirst<Item extends { readonly name: string }>(
  items: readonly Item[],
): readonly Item[] {
  return items
    .flatMap(item => {
      const version = parseVersion(item.name)
      return version === undefined ? [] : [{ item, version }]
    })
    .sort((a, b) => compareVersions(b.version, a.version))
    .map(({ item }) => item)
}

/** The newest item that is strictly older than the version. */
export function newestOlderThan<Item extends { readonly name: string }>(
  items: readonly Item[],
  version: Version,
): Item | undefined {
  return newestFirst(items).find(({ name }) => {
    const parsed = parseVersion(name)
    return parsed !== undefined && compareVersions(parsed, version) < 0
  })
}

// In semver whatever follows the hyphen makes a version older than the same one without it.
function semverTokens(text: string): readonly Token[] {
  const hyphen = text.indexOf('-')
  const numbers = (hyphen < 0 ? text : text.slice(0, hyphen)).split('.')
  const padded = [...numbers, '0', '0'].slice(0, 3)
  const base: Token[] = padded.map(digits => ({ kind: 'number', value: BigInt(digits) }))
  if (hyphen < 0) return base
  return [...base, { kind: 'pre', text: '' }, ...tokens(text.slice(hyphen + 1))]
}

// "v1.2", "version-1.2" and "1.2" are the same release of an app.
function withoutPrefix(text: string): string {
  return text.replace(/^(?:v|version|release)[-_.]?(?=\d)/i, '')
}

function tokens(text: string): readonly Token[] {
  return (text.match(/\d+|[A-Za-z]+/g) ?? []).map(part => {
    if (/^\d/.test(part)) return { kind: 'number', value: BigInt(part) }
    return { kind: PRE_RELEASE.test(part) ? 'pre' : 'text', text: part.toLowerCase() }
  })
}

function compareTokens(a: readonly Token[], b: readonly Token[]): number {
  for (let place = 0; place < Math.max(a.length, b.length); place += 1) {
    const order = compareToken(a[place], b[place])
    if (order !== 0) return order
  }
  return 0
}

function compareToken(a: Token | undefined, b: Token | undefined): number {
  const byKind = rank(a) - rank(b)
  if (byKind !== 0) return byKind
  if (a?.kind === 'number' && b?.kind === 'number') return sign(a.value, b.value)
  if (a === undefined || b === undefined || a.kind === 'number' || b.kind === 'number') return 0
  return sign(a.text, b.text)
}

// At the same place: a pre-release mark, then the end, then a word, then a number.
function rank(token: Token | undefined): number {
  if (token === undefined) return 1
  return { pre: 0, text: 2, number: 3 }[token.kind]
}

function sign<Value extends bigint | string>(a: Value, b: Value): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
