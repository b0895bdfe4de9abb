/** Ways in which programs of other languages write a text, as their own libraries do. */
export const FOREIGN: Readonly<Record<string, (text: string) => string>> = {
  "Go's encoding/json": text => written(text, { ...JSON_NAMES, ...names('&<>', unicode) }),
  "PHP's json_encode": text => written(text, { ...JSON_NAMES, '/': '\\/' }, unicode),
  "PHP's json_encode with its characters": text => written(text, { ...JSON_NAMES, '/': '\\/' }),
  "Python's json.dumps": text => written(text, JSON_NAMES, unicode),
  "Python's urllib.parse.quote": text =>
    [...Buffer.from(text)].map(byte => percent(String.fromCharCode(byte))).join(''),
  'a shell within double quotes': text =>
    written(
      text,
      names('$`"\\', each => `\\${each}`),
    ),
}

const JSON_NAMES = { '"': '\\"', '\\': '\\\\', '\n': '\\n' }

/** Each UTF-16 unit by its name, else as `foreign` writes what is not ASCII. */
function written(
  text: string,
  known: Readonly<Record<string, string>>,
  foreign = (unit: string) => unit,
): string {
  return text
    .split('')
    .map(unit => known[unit] ?? (unit > '~' ? foreign(unit) : unit))
    .join('')
}

function names(units: string, name: (unit: string) => string): Readonly<Record<string, string>> {
  return Object.fromEntries(units.split('').map(unit => [unit, name(unit)]))
}

function unicode(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function percent(byte: string): string {
  if (/[A-Za-z0-9_.~/-]/.test(byte)) return byte
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
