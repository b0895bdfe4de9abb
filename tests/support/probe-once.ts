/** Prints what one look at an app lock finds, as JSON: for tests that look from inside another mount namespace. */
import type { AppDomain } from '../../lib/domain/names.js'
import { AppLock } from '../../lib/lock/app-lock.js'

const [lockDir = '', domain = ''] = process.argv.slice(2)
const { outcome, ...facts } = AppLock.probe(lockDir, domain as AppDomain, {
  create: true,
  touch: true,
})
console.log(JSON.stringify({ outcome, why: 'why' in facts ? facts.why : undefined }))
