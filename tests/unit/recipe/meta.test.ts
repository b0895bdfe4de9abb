import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { EXIT, UsageFault } from '../../../lib/errors.js'
import { mergeMeta, parseMeta, readMeta } from '../../../lib/recipe/meta.js'
import { META_DEFAULTS, META_KEYS, metaHelp, metaTable } from '../../../lib/recipe/meta-registry.js'

const EVERYTHING = `
HEALTH_PATH: /healthz
HEALTH_OK: [200, 204]
DEPLOY_TIMEOUT: 900
HTTP_TIMEOUT: 60
EXTRA_ENV: {LOG_LEVEL: debug, PORT: "80"}
UPGRADE_EXTRA_ENV: {NEW: "yes"}
UPGRADE_BASE_VERSION: 1.0.0+1.27.2
EXPECTED_NA: {upgrade: one version, backup_restore: stateless, functional: none}
BACKUP_CAPABLE: false
READY_PROBE:
  - http: /ready
  - {tcp: 64738, host: 127.0.0.1, service: app, successes: 3}
DEPS: [keycloak]
WARM_CANONICAL: true
CANARY: {data: false, db: {skip: rebuilt at start}}
SCREENSHOT: false
`

t.test('every key of the registry reaches the settings', async t => {
  const layer = parseMeta('recipe-ci.yml', EVERYTHING)
  t.strictSame(new Set(layer.keys), new Set(META_KEYS.map(({ key }) => key)))
  const meta = mergeMeta('notes', [layer])
  t.strictSame(meta, {
    healthPath: '/healthz',
    healthOk: [200, 204],
    deployTimeoutMs: 900_000,
    httpTimeoutMs: 60_000,
    extraEnv: { LOG_LEVEL: 'debug', PORT: '80' },
    upgradeExtraEnv: { NEW: 'yes' },
    upgradeBaseVersion: '1.0.0+1.27.2',
    expectedNa: { upgrade: 'one version', backup_restore: 'stateless', functional: 'none' },
    backupCapable: false,
    readyProbe: [
      { kind: 'http', path: '/ready', status: [200], successes: 1 },
      { kind: 'tcp', port: 64738, host: '127.0.0.1', service: 'app', successes: 3 },
    ],
    deps: ['keycloak'],
    warmCanonical: true,
    canary: { data: { skip: 'switched off by the recipe' }, db: { skip: 'rebuilt at start' } },
    screenshot: false,
  })
  for (const [field, value] of Object.entries(meta))
    t.notSame(
      value,
      META_DEFAULTS[field as keyof typeof META_DEFAULTS],
      `${field} is not the default`,
    )
})

t.test('an empty file changes nothing', async t => {
  for (const text of ['', '# nothing\n', '---\n', '{}'])
    t.strictSame(mergeMeta('notes', [parseMeta('a.yml', text)]), META_DEFAULTS)
})

t.test('the later layer wins key by key', async t => {
  const own = parseMeta('own.yml', 'HEALTH_PATH: /own\nHTTP_TIMEOUT: 1\nEXTRA_ENV: {A: "1"}')
  const operator = parseMeta('operator.yml', 'HEALTH_PATH: /operator\nEXTRA_ENV: {B: "2"}')
  const meta = mergeMeta('notes', [own, undefined, operator])
  t.equal(meta.healthPath, '/operator')
  t.equal(meta.httpTimeoutMs, 1000)
  t.strictSame(meta.extraEnv, { B: '2' }, 'a map is one key, never mixed')
})

const REFUSED: [string, RegExp, RegExp?][] = [
  ['HEALTH_PTH: /', /a\.yml:1:1: unknown key "HEALTH_PTH"/, /HEALTH_PATH/],
  ['HEALTH_PATH: /\n\nhealth_ok: [200]', /a\.yml:3:1: unknown key/, /Did you mean HEALTH_OK\?/],
  ['HEALTH_PATH: 5', /a\.yml:1:14: HEALTH_PATH: expected a path .* found the number 5/],
  ['HEALTH_PATH: health', /begins with \//],
  ['HEALTH_OK: 200', /a list of HTTP statuses.*the number 200/],
  ['HEALTH_OK: []', /at least one/],
  ['HEALTH_OK:\n  - 200\n  - "302"', /a\.yml:3:5: HEALTH_OK\.?\[1\]: .* found the text "302"/],
  ['HEALTH_OK: [20]', /from 100 to 599/],
  ['DEPLOY_TIMEOUT: -1', /DEPLOY_TIMEOUT/],
  ['DEPLOY_TIMEOUT: 1.5', /whole number/],
  ['DEPLOY_TIMEOUT: 5m', /whole number/],
  [
    'EXTRA_ENV: {PORT: 80}',
    /a\.yml:1:19: EXTRA_ENV\.PORT: expected a text \(quote it\), found the number 80/,
  ],
  ['EXTRA_ENV: {A: "x\\ny"}', /one line/],
  ['EXTRA_ENV: {"A B": x}', /name of an environment variable/],
  ['EXTRA_ENV: [a]', /found a list/],
  ['EXPECTED_NA: {upgrad: x}', /nearest: upgrade/],
  ['EXPECTED_NA: {install: x}', /one of upgrade, backup_restore, functional/],
  ['EXPECTED_NA: {upgrade: }', /found nothing/],
  ['BACKUP_CAPABLE: "true"', /true or false/],
  ['BACKUP_CAPABLE: yes', /true or false/],
  ['READY_PROBE: {http: /}', /found a map/],
  ['READY_PROBE: [{http: /, tcp: 1}]', /either http or tcp/],
  ['READY_PROBE: [{tcp: 70000}]', /from 1 to 65535/],
  ['READY_PROBE: [{tcp: 1, sucesses: 2}]', /nearest: successes/],
  ['DEPS: keycloak', /a list of recipes/],
  ['DEPS: ["../x"]', /name of a recipe/],
  ['CANARY: {data: true}', /false or \{skip: reason\}/],
  ['CANARY: {data: {skipp: x}}', /nearest: skip/],
  ['UPGRADE_BASE_VERSION: 1.0', /a text.*found the number/],
  ['- HEALTH_PATH', /a map of keys/],
  ['HEALTH_PATH: /\nHEALTH_PATH: /b', /a\.yml:2:1: not YAML: .*unique/],
  ['HEALTH_PATH: [', /a\.yml:1:\d+: not YAML/],
  ['EXTRA_ENV: &a {X: *a}', /an anchor contains itself/],
  ['DEPS: &a [*a]', /an anchor contains itself/],
  ['a: &a [x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]', /unknown key|alias/],
]

t.test('a wrong file is refused with its place and what would be right', async t => {
  for (const [text, message, hint] of REFUSED) {
    const thrown = refusalOf(text)
    t.match(thrown?.message, message, text)
    t.equal(thrown?.exit, EXIT.usage, text)
    if (hint !== undefined) t.match(thrown?.hint, hint)
  }
})

t.test('aliases that multiply are refused, not expanded', async t => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const inner = level === 0 ? '"x"' : `*a${level - 1}`
    return `a${level}: &a${level} [${Array(9).fill(inner).join(', ')}]`
  })
  const text = `EXTRA_ENV:\n  ${levels.join('\n  ')}\n`
  t.match(refusalOf(text)?.message, /alias/i)
})

t.test('a recipe that depends on itself is refused', async t => {
  const layer = parseMeta('a.yml', 'DEPS: [notes]')
  t.throws(() => mergeMeta('notes', [layer]), UsageFault)
  t.strictSame(mergeMeta('other', [layer]).deps, ['notes'])
})

t.test('a folder without the file, or none at all, says nothing', async t => {
  const dir = t.testdir({ empty: {}, file: '' })
  t.equal(await readMeta(join(dir, 'empty')), undefined)
  t.equal(await readMeta(join(dir, 'none')), undefined)
  t.equal(await readMeta(join(dir, 'file')), undefined)
  mkdirSync(join(dir, 'odd', 'recipe-ci.yml'), { recursive: true })
  await t.rejects(readMeta(join(dir, 'odd')), { code: 'RCI_USAGE' }, 'no file')
  writeFileSync(join(dir, 'empty', 'recipe-ci.yml'), `X: ${'x'.repeat(300_000)}`)
  await t.rejects(readMeta(join(dir, 'empty')), { code: 'RCI_USAGE' })
})

t.test('the help and the documentation show the registry as it is', async t => {
  for (const { key } of META_KEYS) t.match(metaHelp(), key)
  const page = readFileSync(new URL('../../../docs/recipe-meta.md', import.meta.url), 'utf8')
  t.ok(page.includes(metaTable()), 'docs/recipe-meta.md holds the table that the registry prints')
})

function refusalOf(text: string): UsageFault | undefined {
  try {
    parseMeta('a.yml', text)
    return undefined
  } catch (error) {
    if (error instanceof UsageFault) return error
    throw error
  }
}

t.test('what is no file cannot be used as one', async t => {
  const dir = t.testdir({ 'recipe-ci.yml': {} })
  await t.rejects(readMeta(dir), {
    exit: EXIT.usage,
    message: `Cannot use ${join(dir, 'recipe-ci.yml')}: not a regular file`,
  })
})
