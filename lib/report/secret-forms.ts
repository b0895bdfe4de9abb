/** Shorter values are no secrets: masking them would black out ordinary words. */
const SHORTEST_SECRET = 8

/** Base64 tools wrap their lines at one of these widths. */
const WRAPS = [64, 76]
/** A piece of a form shorter than this proves nothing and would match by chance. */
const SHORTEST_FORM = 8

/**
 * Every way in which a secret may show up in text: as it is, URL-encoded, escaped as JSON (of any language), XML or a shell does, in base64 (alone, wrapped, or
 * inside something longer that was encoded as a whole), and each of these for every line of a secret with several.
 * Nothing for values under eight characters.
 */
export function formsOf(secret: string): readonly string[] {
  const forms = new Set<string>()
  for (const value of valuesOf(secret)) {
    const written = [value, ...urlForms(value), ...escapedForms(value), ...base64Forms(value)]
    for (const form of written) if (form.length >= SHORTEST_FORM) forms.add(form)
  }
  return [...forms]
}

/** The secret itself and its lines; of a `KEY=value` line also the value. PEM borders are no secret. */
function valuesOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map(line => line.trim())
  const values = lines.flatMap(line => {
    const assigned = /^(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*=(["']?)(.+)\1$/.exec(line)?.[2]
    return assigned === undefined ? [line] : [line, assigned]
  })
  const isBorder = (value: string) => /^-----(BEGIN|END) [A-Z0-9 ]+-----$/.test(value)
  return [secret, secret.trim(), ...values].filter(
    value => value.length >= SHORTEST_SECRET && !isBorder(value),
  )
}

function urlForms(value: string): readonly string[] {
  const encoded = encodeURIComponent(Buffer.from(value).toString()) // well-formed: it throws on half a character
  const strict = encoded.replace(/[!'()*]/g, hexOf)
  const lower = (text: string) => text.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase())
  const ofPath = strict.replaceAll('%2F', '/') // as Python does
  const forms = [encoded, strict, ofPath].flatMap(form => [form, form.replaceAll('%20', '+')])
  return [...forms, ...forms.map(lower)]
}

function hexOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/** As JSON, JSON within JSON, XML, HTML and the quotes of a shell write it. */
function escapedForms(value: string): readonly string[] {
  const xml = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quotes = [
    ['&quot;', '&#39;'] as const,
    ['&quot;', '&apos;'] as const,
    ['&#34;', '&#39;'] as const,
  ]
  return [
    ...jsonForms(value).flatMap(json => [json, jsonForm(json)]),
    xml,
    ...quotes.map(([double, single]) => xml.replaceAll('"', double).replaceAll("'", single)),
    value.replaceAll("'", `'\\''`),
    value.replace(/[$`"\\]/g, String.raw`\$&`),
  ]
}

/** As JavaScript writes JSON, Go (safe within HTML), Python (ASCII alone) and PHP (slashes too, with ASCII or without). */
function jsonForms(value: string): readonly string[] {
  const json = jsonForm(value)
  const ascii = json.replace(/[^ -~]/g, unicodeOf)
  const slashed = [json, ascii].map(form => form.replaceAll('/', String.raw`\/`))
  return [json, json.replace(/[&<>\u2028\u2029]/g, unicodeOf), ascii, ...slashed]
}

function unicodeOf(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function jsonForm(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}

function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  const whole = bytes.toString('base64')
  const forms = [whole, ...WRAPS.flatMap(width => wrapped(whole, width)), ...shifted(bytes)]
  return [...forms, ...forms.map(form => form.replaceAll('+', '-').replaceAll('/', '_'))]
}

function wrapped(text: string, width: number): readonly string[] {
  if (text.length <= width) return []
  return Array.from({ length: Math.ceil(text.length / width) }, (_, line) =>
    text.slice(line * width, (line + 1) * width),
  )
}

/**
 * What stays the same of a value in the base64 of a longer text: it may begin at any of three places within a group of
 * three bytes, and the characters that mix its bits with those of its neighbours are left off.
 */
function shifted(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map(before => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes, Buffer.alloc(2)]).toString('base64')
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
  })
}
