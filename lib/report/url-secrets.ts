export const MASKED = '[masked]'

// Every pattern begins with a literal and has bounded repeats: hostile output of any length costs linear time.
const CREDENTIALS = /:\/\/([^\s/?#'"<>]{1,512})@/g
/** A password with a slash in it; digits up to a slash are a port. */
const SLASHED = /:\/\/[^\s/@:'"<>]{0,128}:(?!\d{1,5}[/?#])[^\s@'"<>]{1,512}@/g
const PARAMETER =
  /([?&](?:access_token|private_token|auth_token|token|api_?key|password|passwd|secret|client_secret|signature|sig)=)[^\s&#'"<>]{1,2048}/gi
const HEADER =
  /(authorization["']?\s{0,8}[:=]\s{0,8}["']?(?:bearer|basic|token)\s{1,8})[^\s"',;]{1,4096}/gi

/** Masks what URLs and headers give away by their shape: `user:password@`, a token as user, `?token=…`. */
export function maskUrls(text: string): string {
  const mayHold = text.includes('://') || text.includes('=') || /authorization/i.test(text)
  if (!mayHold) return text
  return text
    .replace(CREDENTIALS, (whole, user: string, at: number) =>
      isLogin(user, text.slice(Math.max(0, at - 3), at)) ? whole : `://${MASKED}@`,
    )
    .replace(SLASHED, `://${MASKED}@`)
    .replace(PARAMETER, `$1${MASKED}`)
    .replace(HEADER, `$1${MASKED}`)
}

/** `ssh://git@host`: over ssh a user alone is a login name, over anything else it is a token. */
function isLogin(user: string, schemeEnd: string): boolean {
  return schemeEnd === 'ssh' && !user.includes(':')
}
