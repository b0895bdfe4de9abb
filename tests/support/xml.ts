export type XmlElement = {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
  text: string
}

const TOKEN = /<\?xml[^>]*\?>|<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
}

/** Reads the XML that we write, strictly: whatever is not well-formed throws. */
export function parseXml(text: string): XmlElement {
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [top]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const token = TOKEN.exec(text)
    if (token === null) throw new SyntaxError(`Not XML at ${at}: ${text.slice(at, at + 60)}`)
    take(token, open)
  }
  const root = top.children[0]
  if (open.length !== 1 || root === undefined || top.children.length !== 1)
    throw new SyntaxError('Not one closed root element')
  return root
}

function take(
  [, closes, name, attributes = '', empty, words]: RegExpExecArray,
  open: XmlElement[],
): void {
  const current = open.at(-1)
  if (current === undefined) throw new SyntaxError('Text after the root element')
  if (words !== undefined) current.text += decode(words)
  if (name === undefined) return
  if (closes === '/') {
    if (open.pop()?.name !== name) throw new SyntaxError(`</${name}> closes nothing`)
    return
  }
  const element: XmlElement = { name, attributes: attributesOf(attributes), children: [], text: '' }
  current.children.push(element)
  if (empty !== '/') open.push(element)
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, key = '', value = ''] of text.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    if (key in found) throw new SyntaxError(`Attribute ${key} given twice`)
    found[key] = decode(value)
  }
  return found
}

function decode(text: string): string {
  return text.replace(/&([^;\s]*);?/g, (entity, name: string) => {
    const character = ENTITIES[name]
    if (character === undefined) throw new SyntaxError(`Unknown entity ${entity}`)
    return character
  })
}
