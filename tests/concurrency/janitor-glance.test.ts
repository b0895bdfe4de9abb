import t from 'tap'
import { glance } from '../../lib/janitor/glance.js'
import { fileWorld, SUFFIX } from '../support/file-world.js'
import { addLease, appDomain, stage, sweepStage, type Stage } from '../support/janitor-kit.js'

const domain = appDomain(1)

const look = ({ dir, lockDir, stateDir }: Stage) => {
  const { domains } = fileWorld(dir)
  return glance({ suffix: SUFFIX, lockDir, stateDir, domains, emit: () => undefined })
}

t.test('a glance finds what a sweep finds where there is nothing to look into', async t => {
  const host = stage(t)
  t.strictSame(await look(host), [], 'nothing at all')
  host.addLockfile(`warm-facade-canonical.${SUFFIX}`)
  host.addApp(`traefik.${SUFFIX}`)
  const rows = await look(host)
  t.match(rows, [{ row: 'protected', action: 'leave' }, { row: 'protected' }])
  t.strictSame(rows, (await sweepStage(host)).rows)
})

const SUSPICIOUS: Readonly<Record<string, (host: Stage) => void>> = {
  'a lockfile': host => {
    host.addLockfile(domain)
  },
  'a lease': host => {
    addLease(host, domain, '{}')
  },
  'something of an app': host => {
    host.addApp(domain)
  },
}

for (const [what, add] of Object.entries(SUSPICIOUS)) {
  t.test(`${what} is more than a glance can settle, and it asks for no lock`, async t => {
    const host = stage(t)
    add(host)
    const before = host.lockfiles()
    t.equal(await look(host), undefined)
    t.strictSame(host.lockfiles(), before)
    t.strictSame(host.reaped(), [])
  })
}
