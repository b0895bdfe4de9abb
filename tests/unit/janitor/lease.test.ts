import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { AppDomain, RunId } from '../../../lib/domain/names.js'
import { leasedDomains, readLease, removeLease, writeLease } from '../../../lib/janitor/lease.js'

const domain = 'site-3fa9c1.ci.example.org' as AppDomain
const until = new Date('2026-01-02T03:04:05Z')
const before = new Date(until.getTime() - 1)
const after = new Date(until.getTime() + 1000)

t.test('a lease holds until its end, and is gone when it is removed', async t => {
  const dir = join(t.testdir(), 'state')
  t.match(readLease(dir, domain, before), { state: 'none' })
  await writeLease(dir, domain, { runId: 'run-1' as RunId, until })
  t.match(readLease(dir, domain, before), { state: 'active', lease: { runId: 'run-1', until } })
  t.match(readLease(dir, domain, after), { state: 'expired' })
  t.strictSame(leasedDomains(dir), [domain])
  t.strictSame(JSON.parse(await readFile(join(dir, 'leases', `${domain}.json`), 'utf8')), {
    runId: 'run-1',
    until: until.getTime() / 1000,
  })
  await removeLease(dir, domain)
  await removeLease(dir, domain)
  t.match(readLease(dir, domain, before), { state: 'none' })
})

t.test(
  'what a killed run began of a lease is known by its domain, and goes with the lease',
  async t => {
    const dir = join(t.testdir(), 'state')
    const leases = join(dir, 'leases')
    await mkdir(leases, { recursive: true })
    await writeFile(join(leases, `.${domain}.json.4321.new`), '{"runId":"a","un')
    t.match(readLease(dir, domain, before), { state: 'none' }, 'it holds nobody back')
    t.strictSame(leasedDomains(dir), [domain])
    await removeLease(dir, domain)
    t.strictSame(await readdir(leases), [])
  },
)

t.test(
  'a lease that is a FIFO is unreadable, and holds nobody up',
  { timeout: 10_000 },
  async t => {
    const dir = t.testdir({ leases: {} })
    await once(spawn('mkfifo', [join(dir, 'leases', `${domain}.json`)]), 'exit')
    t.match(readLease(dir, domain, before), { state: 'unreadable', why: /is no regular file/ })
  },
)

const FORMS: readonly [what: string, text: string, state: string][] = [
  ['seconds', `{"runId":"a","until":${until.getTime() / 1000}}`, 'active'],
  ['milliseconds', `{"runId":"a","until":${until.getTime()}}`, 'active'],
  ['ISO 8601', `{"runId":"a","until":"${until.toISOString()}"}`, 'active'],
  ['nothing', '', 'unreadable'],
  ['no JSON', 'until tomorrow', 'unreadable'],
  ['a cut one', '{"runId":"a","un', 'unreadable'],
  ['null', 'null', 'unreadable'],
  ['no run', `{"until":${until.getTime()}}`, 'unreadable'],
  ['no end', '{"runId":"a"}', 'unreadable'],
  ['no date', '{"runId":"a","until":"soon"}', 'unreadable'],
  ['no finite number', '{"runId":"a","until":1e999}', 'unreadable'],
]

for (const [what, text, state] of FORMS) {
  t.test(`a lease that says ${what} is ${state}`, async t => {
    const dir = t.testdir({ leases: { [`${domain}.json`]: text } })
    t.equal(readLease(dir, domain, before).state, state)
  })
}

t.test(
  'a folder in the place of a lease, or a file in the place of the leases, is unreadable',
  async t => {
    const dir = t.testdir()
    await mkdir(join(dir, 'leases', `${domain}.json`), { recursive: true })
    t.equal(readLease(dir, domain, before).state, 'unreadable')
    const other = t.testdir({ a: {} })
    await writeFile(join(other, 'leases'), '')
    t.equal(readLease(other, domain, before).state, 'unreadable')
  },
)
