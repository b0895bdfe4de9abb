import t from 'tap'
import { ask, faultOf } from './asking.js'

t.test('an option beats the environment, and the environment beats the default', async t => {
  t.equal((await ask({})).pr, 0)
  t.equal((await ask({}, { PR: '7' })).pr, 7)
  t.equal((await ask({ pr: '8' }, { PR: '7' })).pr, 8)
})

t.test('an empty environment value means not given', async t => {
  const request = await ask({}, { REF: '', PR: '', STAGES: '', SRC: '', VERSION: '' })
  t.match(request, { ref: undefined, pr: 0, version: undefined })
  t.equal(request.src.kind, 'upstream')
})

t.test('booleans are 1, 0, true and false, and nothing else', async t => {
  for (const [text, value] of [
    ['1', true],
    ['true', true],
    ['0', false],
    ['false', false],
  ] as const) {
    t.equal((await ask({}, { CCCI_QUICK: text })).quick, value, text)
  }
  for (const text of ['yes', 'TRUE', '2', 'toString']) {
    const fault = await faultOf(ask({}, { CCCI_QUICK: text }))
    t.equal(fault.exit, 2)
    t.match(fault.message, text)
    t.match(fault.message, 'CCCI_QUICK')
  }
})

const MALFORMED: readonly [Readonly<Record<string, unknown>>, string, RegExp][] = [
  [{ recipe: 'Ghost' }, 'recipe', /"Ghost"/],
  [{ recipe: '../etc' }, 'recipe', /"\.\.\/etc"/],
  [{ recipe: '' }, 'recipe', /""/],
  [{ pr: '-1' }, '--pr', /"-1"/],
  [{ pr: '1234567890' }, '--pr', /"1234567890"/],
  [{ ref: 'a..b' }, '--ref', /"a\.\.b"/],
  [{ ref: '-x' }, '--ref', /"-x"/],
  [{ src: 'ext::sh -c id' }, '--src', /"ext::sh -c id"/],
  [{ src: '--upload-pack=id' }, '--src', /"--upload-pack=id"/],
  [{ stages: 'install,deploy' }, '--stages', /"install,deploy"/],
  [{ stages: 'install,restore' }, '--stages', /backup/],
  [{ stages: 'install,,custom' }, '--stages', /"install,,custom"/],
  [{ targetVersion: 'a b' }, '--target-version', /"a b"/],
  [{ runId: '../x' }, '--run-id', /"\.\.\/x"/],
  [{ runId: `x${'y'.repeat(64)}` }, '--run-id', /expected a letter or digit/],
  [{ format: 'xml' }, '--format', /"xml".*human, ndjson, tap/],
]

for (const [line, place, message] of MALFORMED) {
  t.test(`a malformed ${place} ends in exit 2 and names it: ${JSON.stringify(line)}`, async t => {
    const fault = await faultOf(ask(line))
    t.equal(fault.exit, 2)
    t.match(fault.message, message)
    t.match(fault.message, place)
    t.match(fault.message, /expected/)
    t.not(fault.hint, '')
  })
}

t.test('a hostile value is shown on one line, without its control characters', async t => {
  const fault = await faultOf(ask({ ref: 'a\n\u001b[31mb' }))
  t.notMatch(fault.message, /\p{Cc}/u)
  t.match(fault.message, String.raw`a\u{a}\u{1b}[31mb`)
})

t.test('a token in a URL is never shown', async t => {
  const fault = await faultOf(ask({ src: 'ftp://me:s3cr3t@host/x' }))
  t.notMatch(fault.message, 's3cr3t')
})

t.test('no recipe at all is a usage error', async t => {
  t.equal((await faultOf(ask({ recipe: undefined }))).exit, 2)
  t.equal((await ask({ recipe: undefined }, { RECIPE: 'notes' })).recipe, 'notes')
})

t.test('a commit and a published version exclude each other, wherever they come from', async t => {
  const fault = await faultOf(ask({ ref: 'main' }, { VERSION: '1.0.0+2' }))
  t.match(fault, { exit: 2, message: /--ref and VERSION/ })
  t.equal((await ask({ targetVersion: '1.0.0+2' })).version, '1.0.0+2')
})

t.test('install always runs, and stages come in the order of a run', async t => {
  t.strictSame((await ask({ stages: 'custom, upgrade' })).tiers, ['install', 'upgrade', 'custom'])
})

t.test(
  'the run id is the option, else CCCI_RUN_ID, else the build number, else manual-<pid>',
  async t => {
    const env = { CCCI_RUN_ID: 'b', DRONE_BUILD_NUMBER: '3' }
    t.equal((await ask({ runId: 'a' }, env)).runId, 'a')
    t.equal((await ask({}, env)).runId, 'b')
    t.equal((await ask({}, { ...env, CCCI_RUN_ID: '' })).runId, '3')
    t.equal((await ask({})).runId, 'manual-4711')
  },
)

t.test('an app is never kept under Drone or another CI', async t => {
  for (const env of [{ DRONE: 'true' }, { CI: '1' }, { CI: 'true' }]) {
    t.equal((await faultOf(ask({ keep: true }, env))).exit, 2)
  }
  for (const env of [{}, { CI: '' }, { CI: 'false' }, { DRONE: '0' }]) {
    t.equal((await ask({ keep: true }, env)).keep, true)
  }
})

t.test('skipping generic assertions is warned of loudly', async t => {
  t.strictSame((await ask({})).skipGeneric, [])
  const one = await ask({}, { CCCI_SKIP_GENERIC_UPGRADE: '1' })
  t.strictSame(one.skipGeneric, ['upgrade'])
  t.match(one.warnings[0], /^!! .*upgrade/)
  t.equal((await ask({}, { CCCI_SKIP_GENERIC: 'true' })).skipGeneric.length, 5)
  t.strictSame((await ask({}, { CCCI_SKIP_GENERIC_UPGRADE: '0' })).skipGeneric, [])
  const empty = { CCCI_SKIP_GENERIC: '', CCCI_SKIP_GENERIC_FOO: '' }
  t.strictSame((await ask({}, empty)).skipGeneric, [], 'an empty value is not given')
  t.match(await faultOf(ask({}, { CCCI_SKIP_GENERIC_DEPLOY: '1' })), {
    exit: 2,
    message: /_DEPLOY/,
  })
})

t.test('a stale CCCI_JANITOR_MAX_AGE gets one warning', async t => {
  t.equal((await ask({}, { CCCI_JANITOR_MAX_AGE: '7200' })).warnings.length, 1)
  t.equal((await ask({}, { CCCI_JANITOR_MAX_AGE: '' })).warnings.length, 0)
})

t.test('--fresh-restore without restore among the stages gets one warning', async t => {
  const { warnings } = await ask({ freshRestore: true, stages: 'install,custom' })
  t.match(warnings, [/^--fresh-restore has no effect: .*restore/])
  t.strictSame((await ask({ freshRestore: true })).warnings, [])
  t.strictSame((await ask({ stages: 'install' })).warnings, [])
})

t.test('a request cannot change once it is read', async t => {
  const request = await ask({})
  t.ok(Object.isFrozen(request))
  t.ok(Object.isFrozen(request.config))
})

t.test('the domain of the app follows recipe, pull request and ref as requested', async t => {
  const { domain } = await ask({ ref: 'main', pr: '3' })
  t.match(domain, /^ghos-[0-9a-f]{6}\.ci\.example\.org$/)
  t.equal((await ask({ ref: 'main', pr: '3' })).domain, domain)
  t.not((await ask({ ref: 'main', pr: '4' })).domain, domain)
})

t.test('only a link that can be printed becomes the build link', async t => {
  t.equal((await ask({}, { DRONE_BUILD_LINK: 'https://ci/1' })).buildLink, 'https://ci/1')
  t.equal((await ask({}, { DRONE_BUILD_LINK: 'https://ci/1\nx' })).buildLink, undefined)
})
