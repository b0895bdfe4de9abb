import t from 'tap'
import {
  compareVersions,
  newestFirst,
  newestOlderThan,
  parseVersion,
  sameVersion,
  type Version,
} from '../../../lib/recipe/versions.js'
import { createRandom, type Random } from '../../support/random.js'

function version(text: string): Version {
  const parsed = parseVersion(text)
  if (parsed === undefined) throw new Error(`no version: ${text}`)
  return parsed
}

const OLDEST_TO_NEWEST = [
  ['0.9.0+1.27.2', '0.10.0+1.27.2', '1.0.0+1.27.2', '10.0.0+1.0.0'],
  ['1.0.0+1.9.0', '1.0.0+1.10.0', '1.0.0+1.10.0.1', '1.0.0+2.0.0'],
  ['1.0.0+1.0.6', '1.0.0+1.0.6-social-amd64', '1.0.0+1.0.7', '1.0.1+1.0.6'],
  ['1.0.0+2.0.0-alpha1', '1.0.0+2.0.0-beta1', '1.0.0+2.0.0-rc2', '1.0.0+2.0.0-rc10'],
  ['1.0.0+2.0.0-rc10', '1.0.0+2.0.0', '1.0.0+2.0.0-alpine'],
  ['1.0.0-rc1+2.0.0', '1.0.0-rc2+1.0.0', '1.0.0+1.0.0'],
  ['1.0.0', '1.0.0+1.0.0', '1.0.1'],
  ['1.0.0+2023-05-04', '1.0.0+2023-11-01', '1.0.0+2024-01-01'],
  ['1.0.0+RELEASE.2023-05-04T21-44-30Z', '1.0.0+RELEASE.2023-10-07T15-07-38Z'],
  ['1.0.0+99999999999999999998', '1.0.0+99999999999999999999'],
]

t.test('versions are ordered by their recipe part, then by their app part', async t => {
  for (const row of OLDEST_TO_NEWEST)
    for (const [place, older] of row.entries())
      for (const newer of row.slice(place + 1)) {
        t.ok(compareVersions(version(older), version(newer)) < 0, `${older} < ${newer}`)
        t.ok(compareVersions(version(newer), version(older)) > 0, `${newer} > ${older}`)
      }
})

t.test('a leading v says nothing', async t => {
  t.ok(sameVersion('v1.0.0+v1.27.2', '1.0.0+1.27.2'))
  t.notOk(sameVersion('1.0.0+1.27.2', '1.0.0+1.27.3'))
  t.ok(sameVersion('latest', 'latest'), 'names that are no versions are compared as they stand')
  t.notOk(sameVersion('latest', '1.0.0+1.0.0'))
})

const NO_VERSIONS = ['', 'latest', 'main', '2021', '1.2', 'renovate/nginx-1.x', '1.0.0+', '+1.0']

t.test('a tag of another form is no version', async t => {
  for (const text of [...NO_VERSIONS, `1.0.0+${'9'.repeat(300)}`])
    t.equal(parseVersion(text), undefined, JSON.stringify(text))
})

t.test('the newest version strictly older than another one is never that one', async t => {
  const tags = ['1.0.0+1.9.0', 'latest', '1.1.0+1.10.0', '1.0.0+1.10.0', '1.2.0+1.11.0'].map(
    name => ({ name }),
  )
  t.strictSame(
    newestFirst(tags).map(({ name }) => name),
    ['1.2.0+1.11.0', '1.1.0+1.10.0', '1.0.0+1.10.0', '1.0.0+1.9.0'],
  )
  t.equal(newestOlderThan(tags, version('1.1.0+1.10.0'))?.name, '1.0.0+1.10.0')
  t.equal(newestOlderThan(tags, version('1.0.0+1.9.0')), undefined)
})

/** Versions as recipes really write them, close enough to each other that every part decides somewhere. */
function anyVersion({ pick, below }: Random): string {
  const numbers = () => [below(3), below(11), below(3)].join('.')
  const recipe = numbers() + pick(['', '', '-rc1', '-rc10', '-beta'])
  const prefix = pick(['', '', 'v', 'version-', 'RELEASE.'])
  const suffix = pick(['', '', '-alpine', '-rc2', '-social-amd64', '.1', 'a', '-beta.2'])
  return pick(['', 'v']) + recipe + pick(['', `+${prefix}${numbers()}${suffix}`])
}

t.test('the ordering is one: total, the same from both sides, and transitive', async t => {
  const random = createRandom(5)
  const all = Array.from({ length: 60 }, () => version(anyVersion(random)))
  const order = (a: Version, b: Version) => Math.sign(compareVersions(a, b))
  const broken: string[] = []
  for (const a of all)
    for (const b of all) {
      if (order(a, b) !== -order(b, a)) broken.push(`${a.text} and ${b.text}`)
      if (sameVersion(a.text, b.text) !== (order(a, b) === 0))
        broken.push(`same ${a.text}, ${b.text}`)
      for (const c of all)
        if (order(a, b) <= 0 && order(b, c) <= 0 && order(a, c) > 0)
          broken.push(`${a.text}, ${b.text}, ${c.text}`)
    }
  t.strictSame(broken, [])
})

t.test('the newest older version is older, and none of the others lies between', async t => {
  const random = createRandom(6)
  for (let round = 0; round < 200; round += 1) {
    const tags = Array.from({ length: 8 }, () => ({ name: anyVersion(random) }))
    const head = version(anyVersion(random))
    const older = tags.filter(({ name }) => compareVersions(version(name), head) < 0)
    const found = newestOlderThan(tags, head)
    t.equal(found === undefined, older.length === 0)
    if (found === undefined) continue
    const between = older.filter(
      ({ name }) => compareVersions(version(name), version(found.name)) > 0,
    )
    t.strictSame(between, [])
  }
})
