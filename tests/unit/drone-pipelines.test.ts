import { readFileSync } from 'node:fs'
import t from 'tap'
import { compile, triggered, type Build } from '../support/drone/compile.js'
import { substitute } from '../support/drone/substitute.js'

const text = readFileSync(new URL('../../.drone.yml', import.meta.url), 'utf8')
const RUNNER = { env: { PATH: '/runner/bin:/bin', USER: 'root', DRONE_RPC_SECRET: 'hidden' } }
const EVENTS = ['push', 'custom', 'pull_request', 'tag', 'promote', 'rollback', 'cron'] as const

const scripts = (build: Build) =>
  compile(text, build, RUNNER).map(({ name, script }) => ({ name, script }))

t.test(
  'pushes test the harness, custom builds test a recipe, nothing else starts anything',
  async t => {
    const started = EVENTS.map(event => [event, triggered(text, { event }).map(({ name }) => name)])
    t.strictSame(Object.fromEntries(started), {
      push: ['self-test'],
      custom: ['recipe-ci'],
      pull_request: [],
      tag: [],
      promote: [],
      rollback: [],
      cron: [],
    })
  },
)

const pipelines = ['push', 'custom'].flatMap(event => triggered(text, { event }))

t.test('both are for the exec runner of this platform', async t => {
  for (const { kind, type, platform } of pipelines) {
    t.strictSame({ kind, type, os: platform?.os }, { kind: 'pipeline', type: 'exec', os: 'linux' })
  }
})

t.test("the runner's capacity is the only limit: no pipeline has one of its own", async t => {
  for (const pipeline of pipelines) t.equal(pipeline.concurrency, undefined)
  t.notMatch(text, /^\s*concurrency:/m)
})

t.test('each step is one line that execs a file of the project', async t => {
  const shown = (line: string) => `\nset -e\n\necho + "${line}"\n${line}\n`
  t.strictSame(scripts({ event: 'push' }), [
    { name: 'self-test', script: shown('exec sh .ci/run') },
  ])
  t.strictSame(scripts({ event: 'custom' }), [
    { name: 'recipe-ci', script: shown('exec sh bin/step run') },
  ])
})

t.test('nothing in the file is substituted by Drone or run by its log line', async t => {
  t.notMatch(text, /\$\{/, 'Drone replaces it in the whole file, comments included')
  t.notMatch(text, '`', 'the echo of a command runs it')
  t.equal(substitute(text, {}), text)
})

t.test('no value of a parameter changes what is run', async t => {
  const value = '`touch /x`; $(touch /x)\n- exec sh evil\n---\nkind: pipeline'
  const params = { RECIPE: value, REF: value, PR: value, SRC: value, PATH: value, name: value }
  t.strictSame(scripts({ event: 'custom', params }), scripts({ event: 'custom' }))
})

t.test(
  'parameters arrive as they are; what would run code does not; Drone and home are not theirs',
  async t => {
    const params = {
      ...{ RECIPE: 'ghost', REF: '', HOME: '/evil', DRONE_BUILD_NUMBER: '99', PATH: '/evil' },
      ...{ NODE_OPTIONS: '-r /evil', LD_PRELOAD: '/evil', LD_LIBRARY_PATH: '/evil' },
      ...{ LD_AUDIT: '/evil', BASH_ENV: '/evil', ENV: '/evil', GIT_SSH_COMMAND: 'evil' },
      SHELLOPTS: 'noexec',
    }
    const [step] = compile(text, { event: 'custom', params }, RUNNER)
    const env = step?.env('/root-of-build') ?? {}
    t.match(env, { RECIPE: 'ghost', REF: '', HOME: '/root', DRONE_BUILD_NUMBER: '7' })
    t.equal(env['PATH'], RUNNER.env.PATH, "the runner's own")
    t.equal(env['USER'], 'root')
    t.notOk('DRONE_RPC_SECRET' in env)
    const silenced = [
      'SHELLOPTS',
      'NODE_OPTIONS',
      'LD_PRELOAD',
      'LD_LIBRARY_PATH',
      'LD_AUDIT',
      'BASH_ENV',
      'ENV',
    ]
    for (const name of silenced) t.equal(env[name], '', name)
  },
)

t.test('substitution is that of the runner', async t => {
  for (const [from, to] of [
    ['a ${X} b', 'a 1 b'],
    ['${Y}${Y:-y}${Y-z}', 'yz'],
    ['$X $? $! $(id) $#', '$X $? $! $(id) $#'],
    ['$${X} $$$$', '${X} $$'],
    ['a\\\\b\\/c', 'a\\b/c'],
  ] as const) {
    t.equal(substitute(from, { X: '1' }), to, from)
  }
  for (const bad of ['${!}', '${X', '${1:+}', '${}']) {
    t.throws(() => substitute(bad, {}), /bad substitution/, bad)
  }
})
