// A control character, a blank, or one of ~ ^ : ? * [ \ — git's list of characters that no ref may hold.
const FORBIDDEN = /[\p{Cc} ~^:?*[\\]/u

/**
 * Whether git takes `text` for the name of a branch or tag: the rules of git-check-ref-format(1), one level allowed, and
 * never a leading hyphen, which a command line would read as an option.
 */
export function isRefName(text: string): boolean {
  if (text === '' || text === '@' || text.startsWith('-') || text.endsWith('.')) return false
  if (FORBIDDEN.test(text) || text.includes('..') || text.includes('@{')) return false
  return text.split('/').every(isComponent)
}

function isComponent(part: string): boolean {
  return part !== '' && !part.startsWith('.') && !part.endsWith('.lock')
}
