const PREFIX = 'cc-ci-app-'
const ENDING = '.lock'

/** The name of a domain's lockfile; the Python system uses the same, so both are safe beside each other. */
export function appLockName(domain: string): string {
  return `${PREFIX}${domain}${ENDING}`
}

/** What a lockfile's name says it is for, unchecked; undefined for other files. */
export function appLockSubject(fileName: string): string | undefined {
  if (!fileName.startsWith(PREFIX) || !fileName.endsWith(ENDING)) return undefined
  return fileName.slice(PREFIX.length, -ENDING.length)
}
