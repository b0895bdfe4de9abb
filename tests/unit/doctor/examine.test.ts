import t from 'tap'
import { judgeUse } from '../../../lib/doctor/checks/network.js'
import { judgeNode } from '../../../lib/doctor/checks/programs.js'
import { examine, type Check } from '../../../lib/doctor/examine.js'
import { NotLookedAt, ok, warn } from '../../../lib/doctor/look.js'
import { AbsentFault } from '../../../lib/errors.js'
import { readAppList } from '../../../lib/abra/app-list.js'
import { AbraUnfit, findAbra } from '../../../lib/abra/flags.js'

const never = new AbortController().signal
const check = (id: string, look: Check<null>['look'], deadlineMs?: number): Check<null> => ({
  id,
  about: '',
  look,
  ...(deadlineMs === undefined ? {} : { deadlineMs }),
})

t.test('a check that throws has failed, and takes no other with it', async t => {
  const findings = await examine(
    [
      check('one', async () => ok('fine')),
      check('two', async () => Promise.reject(new TypeError('it is odd'))),
      check('three', () => {
        throw new AbsentFault('Cannot find it', 'Get it')
      }),
      check('four', async () => Promise.reject(new NotLookedAt('three'))),
      check('five', async () => warn('hm', 'mend it')),
    ],
    null,
    never,
  )
  t.match(findings, [
    { id: 'one', severity: 'ok', seen: 'fine', fix: '' },
    { id: 'two', severity: 'fail', seen: /it is odd/, fix: /.+/ },
    { id: 'three', severity: 'fail', seen: 'Cannot find it', fix: 'Get it' },
    { id: 'four', severity: 'warn', seen: /not looked at.*three/, fix: /three/ },
    { id: 'five', severity: 'warn', seen: 'hm', fix: 'mend it' },
  ])
})

t.test('doctor sends nobody to doctor', async t => {
  const unfit = new AbraUnfit({ command: 'app new', version: '0.8' })
  t.match(unfit.hint, '"recipe-ci doctor"', 'as a run says it')
  const looks = [
    check('unfit', async () => Promise.reject(unfit)),
    check('absent', async () => ok(await findAbra({ PATH: '/nowhere' }))),
  ]
  for (const { severity, fix } of await examine(looks, null, never)) {
    t.equal(severity, 'fail')
    t.match(fix, /^Install abra .*, then ask again$/)
  }
})

t.test(
  'a check that hangs fails at its own deadline, and so it does when the program is ended',
  async t => {
    const hang = () => new Promise<never>(() => undefined)
    const held = setTimeout(() => undefined, 60_000)
    t.teardown(() => {
      clearTimeout(held)
    })
    t.match(await examine([check('slow', hang, 30)], null, never), [
      { severity: 'fail', seen: /no answer within 0\.03 s/ },
    ])
    const ended = AbortSignal.abort(new Error('terminated'))
    t.match(await examine([check('slow', hang)], null, ended), [
      { severity: 'fail', seen: /terminated/ },
    ])
  },
)

t.test('the lines of Node are those of package.json', async t => {
  const { engines } = (await import('../../../package.json', { with: { type: 'json' } })).default
  t.equal(engines.node, '^20.19 || ^22.12 || >=24')
  const good = ['v20.19.0', 'v20.20.2', 'v22.12.0', 'v24.0.0', 'v25.1.0']
  for (const version of good) t.equal(judgeNode(version).severity, 'ok', version)
  const bad = ['v18.20.4', 'v20.18.9', 'v21.7.3', 'v22.11.0', 'v23.11.1']
  for (const version of bad) t.equal(judgeNode(version).severity, 'fail', version)
})

t.test('seven tenths of the addresses are too many', async t => {
  t.equal(judgeUse(699, 1000).severity, 'ok')
  t.equal(judgeUse(700, 1000).severity, 'fail')
  t.equal(judgeUse(3, 0).severity, 'warn')
})

const LISTS: readonly [string, object][] = [
  ['{}', { apps: 0 }],
  ['{"default":{"apps":null,"appCount":0}}', { apps: 0 }],
  ['{"a":{"apps":[{"recipe":"x","domain":"y","more":1}]},"b":{}}', { apps: 1 }],
  ['[]', { problem: /no object/ }],
  ['', { problem: /begins with/ }],
  ['{"a":[]}', { problem: /server "a" is no object/ }],
  ['{"a":{"apps":{}}}', { problem: /no array/ }],
  ['{"a":{"apps":[{"recipe":"x"}]}}', { problem: /"recipe" and "domain"/ }],
]

for (const [text, found] of LISTS) {
  t.test(`abra's list of apps is read or said to be garbled: ${text}`, async t => {
    t.match(readAppList(text), found)
  })
}
