import { escapeXml } from './xml.js'

/** Markup that is safe to put on a page as it is. Made by {@link html} alone. */
export type Markup = { readonly markup: string }

type Piece = string | number | Markup | readonly Markup[]

/** A template whose values are escaped, unless they are markup themselves: text from outside stays text. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  const pieces = parts.map((part, index) => {
    const value = values[index]
    return value === undefined ? part : part + written(value)
  })
  return { markup: pieces.join('') }
}

export const NOTHING: Markup = { markup: '' }

function written(value: Piece): string {
  if (typeof value === 'string' || typeof value === 'number') return escapeXml(String(value))
  return 'markup' in value ? value.markup : value.map(({ markup }) => markup).join('')
}
