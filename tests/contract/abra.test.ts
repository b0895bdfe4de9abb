import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createAbra, type Abra, type AbraOptions } from '../../lib/abra/abra.js'
import type { HappeningBody } from '../../lib/domain/events.js'
import { createStandIn, type StandIn } from '../support/stand-in.js'
import { realRunner } from '../support/runner.js'

type Bench = {
  standIn: StandIn
  open: (switches?: Record<string, string>, options?: Partial<AbraOptions>) => Promise<Abra>
  logs: () => string
  happenings: HappeningBody[]
  stateDir: string
  dir: string
}

async function bench(t: Test): Promise<Bench> {
  const standIn = await createStandIn('recipe-ci-stand-in/none:1')
  t.teardown(() => standIn[Symbol.asyncDispose]())
  const dir = t.testdir({ logs: {} })
  const happenings: HappeningBody[] = []
  const run = await realRunner()
  const stateDir = join(dir, 'state')
  return {
    standIn,
    happenings,
    stateDir,
    dir,
    logs: () =>
      readdirSync(join(dir, 'logs'))
        .map(name => readFileSync(join(dir, 'logs', name), 'utf8'))
        .join(''),
    open: (switches = {}, options = {}) =>
      createAbra({
        run,
        env: { ...standIn.env, ...asVariables(switches) },
        abraDir: standIn.abraDir,
        server: 'default',
        logDir: join(dir, 'logs'),
        stateDir,
        emit: happening => happenings.push(happening),
        addSecret: () => undefined,
        ...options,
      }),
  }
}

function asVariables(switches: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(switches).map(([name, value]) => [`ABRA_STANDIN_${name}`, value]),
  )
}

const argvOf = async (standIn: StandIn, ...words: string[]): Promise<string[][]> =>
  (await standIn.journal())
    .filter(({ event }) => event === 'begin')
    .map(({ argv }) => [...argv])
    .filter(argv => words.every((word, at) => argv[at] === word) && !argv.includes('--help'))

t.test('a missing flag that is relied on is named before anything is created', async t => {
  for (const [command, flag] of [
    ['app new', 'domain'],
    ['app new', 'server'],
    ['app deploy', 'chaos'],
    ['app deploy', 'offline'],
    ['app deploy', 'no-converge-checks'],
    ['app secret generate', 'all'],
  ] as const) {
    const { open, standIn } = await bench(t)
    await t.rejects(open({ WITHOUT: `${command} --${flag}` }), {
      code: 'RCI_ABRA_UNFIT',
      message: `Cannot use abra 0.13.0-beta-06a57de: "abra ${command}" is needed, and there is no flag --${flag}`,
    })
    t.strictSame(await argvOf(standIn, 'app'), [], 'nothing but help was asked for')
  }
})

t.test('no abra on PATH is said with the places looked into', async t => {
  const { open } = await bench(t)
  await t.rejects(open({}, { env: { PATH: '/nonexistent:relative' } }), {
    code: 'RCI_ABSENT',
    message: 'Cannot find "abra": not in /nonexistent:relative',
  })
})

t.test('flags are looked up once for each binary', async t => {
  const { open, standIn, stateDir } = await bench(t)
  await open()
  const asked = (await standIn.journal()).length
  t.equal(readdirSync(stateDir).length, 1)
  await open()
  t.equal((await standIn.journal()).length, asked, 'nothing was asked again')
})

t.test('a state folder that cannot be written is no fault', async t => {
  const { open, dir } = await bench(t)
  const file = join(dir, 'file')
  writeFileSync(file, '')
  await t.resolves(open({}, { stateDir: join(file, 'state') }))
})

t.test('a broken memory of flags is asked for anew', async t => {
  const { open, stateDir } = await bench(t)
  await open()
  for (const text of ['', 'null', '{"version":1}', '[]']) {
    for (const name of readdirSync(stateDir)) writeFileSync(join(stateDir, name), text)
    await t.resolves(open(), JSON.stringify(text))
  }
})

t.test('a newer abra is a warning, not a fault', async t => {
  const { open, happenings } = await bench(t)
  await open({ VERSION: '0.99.0' })
  t.match(happenings, [{ type: 'run.warned', text: /abra 0\.99\.0 is newer/ }])
})

t.test('app new leaves the checkout as it is and answers no prompt', async t => {
  const { open, standIn, logs } = await bench(t)
  const abra = await open()
  const first = standIn.commits[0] ?? ''
  await standIn.git('checkout', '-q', first)
  const made = await abra.appNew(standIn.domain, 'tiny')
  t.ok(made.ok, made.said)
  t.ok(existsSync(standIn.envFile))
  t.equal(await standIn.git('rev-parse', 'HEAD'), first)
  t.strictSame(await argvOf(standIn, 'app', 'new'), [
    [
      'app',
      'new',
      'tiny',
      '--domain',
      standIn.domain,
      '--server',
      'default',
      '--chaos',
      '--no-input',
      '--offline',
    ],
  ])
  t.match(logs(), /new app 'tiny' created/)
  const again = await abra.appNew(standIn.domain, 'tiny')
  t.notOk(again.ok)
  t.match(again.fatal, /already exists/)
  t.equal(again.said, again.fatal)
})

t.test('a dirty tree is no obstacle, with --chaos or without it', async t => {
  const dirty = async (switches: Record<string, string>, tidies: number) => {
    const { open, standIn } = await bench(t)
    writeFileSync(join(standIn.recipeDir, 'compose.ccci.yml'), '')
    let tidied = 0
    const abra = await open(switches, {
      tidyTree: async () => {
        tidied += 1
        await standIn.git('clean', '-fdq')
      },
    })
    const made = await abra.appNew(standIn.domain, 'tiny')
    t.ok(made.ok, made.said)
    t.equal(tidied, tidies)
  }
  await dirty({}, 0)
  await dirty({ WITHOUT: 'app new --chaos' }, 1)
  await dirty({ WITHOUT: 'app new --chaos', TREE: 'ignore' }, 1)
})

t.test('lint is read from its table in every form', async t => {
  for (const switches of [
    {},
    { TERMINAL: 'stdout' },
    { TABLE_WIDTH: 'never' },
    { LINT_TREE: 'tree' },
    { WITHOUT: 'recipe lint --chaos' },
  ]) {
    const { open, standIn } = await bench(t)
    const abra = await open(switches)
    await standIn.git('tag', 'light')
    const linted = await abra.lint('tiny', { abraDir: standIn.abraDir, dirty: false })
    t.equal(linted.status, 'fail', JSON.stringify(switches))
    t.strictSame(linted.rulesFailed, ['R014'])
    await standIn.git('tag', '-d', 'light')
    const good = await abra.lint('tiny', { abraDir: standIn.abraDir, dirty: true })
    t.equal(good.status, 'pass', good.detail)
    t.match(good.detail, /R006, R013.*dirty/)
  }
})

t.test('a lint that could not be done is not verified, and says why', async t => {
  const { open, standIn } = await bench(t)
  const abra = await open({ FAULTS: 'recipe lint=fatal' })
  const linted = await abra.lint('tiny', { abraDir: standIn.abraDir, dirty: false })
  t.equal(linted.status, 'unver')
  t.match(linted.detail, /^could not lint: \w/)
  const garbage = await (
    await open({ FAULTS: 'recipe lint=garbage' })
  ).lint('tiny', {
    abraDir: standIn.abraDir,
    dirty: false,
  })
  t.equal(garbage.status, 'unver')
})

t.test('an abra that hangs is ended, and the outcome says so', async t => {
  const { open, standIn } = await bench(t)
  const run = new AbortController()
  const abra = await open({ FAULTS: 'app deploy=hang' }, { signal: run.signal })
  const pending = abra.deploy(standIn.domain)
  await begun(standIn, 'app', 'deploy')
  run.abort(new Error('terminated'))
  const outcome = await pending
  t.equal(outcome.ended, 'cancelled')
  t.notOk(outcome.ok)
  t.match(outcome.said, /cancelled/)
})

t.test('a crash is not an exit status', async t => {
  const { open, standIn } = await bench(t)
  const outcome = await (await open({ FAULTS: 'app deploy=crash' })).deploy(standIn.domain)
  t.notOk(outcome.ok)
  t.equal(outcome.fatal, '')
  t.match(outcome.said, /abra app deploy/)
})

t.test('removals say what abra said and never throw', async t => {
  const { open, standIn } = await bench(t)
  const abra = await open()
  const said: string[] = []
  for (const { name, call } of abra.removals(standIn.domain))
    said.push(`${name}: ${await call(AbortSignal.timeout(10_000))}`)
  t.equal(said.length, 3)
  for (const line of said) t.match(line, /^(volume remove|secret rm|remove): cannot find app/)
})

t.test('no variable of ours that loads code reaches abra, and its own do', async t => {
  const { open, dir, stateDir } = await bench(t)
  const fake = join(dir, 'abra')
  writeFileSync(fake, `#!/bin/sh\nenv > ${dir}/env.$$\necho "abra version 0.13.0"\n`)
  chmodSync(fake, 0o755)
  const env = {
    PATH: `${dir}:${process.env['PATH'] ?? ''}`,
    PYTHONPATH: 'x',
    LD_BIND_NOW: '1',
    ABRA_LOGS: 'x',
    DOCKER_CONTEXT: 'c',
    HTTPS_PROXY: 'p',
  }
  mkdirSync(stateDir)
  await t.rejects(open({}, { env }), { code: 'RCI_ABRA_UNFIT' })
  const seen = readdirSync(dir)
    .filter(name => name.startsWith('env.'))
    .map(name => readFileSync(join(dir, name), 'utf8'))
  t.ok(seen.length > 0)
  for (const text of seen) {
    t.notMatch(text, /PYTHONPATH|LD_BIND_NOW/)
    for (const line of ['ABRA_LOGS=x', 'DOCKER_CONTEXT=c', 'HTTPS_PROXY=p', 'ABRA_CI=1'])
      t.match(text, line)
  }
})

async function begun(standIn: StandIn, ...words: string[]): Promise<void> {
  for (;;) {
    if ((await argvOf(standIn, ...words)).length > 0) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
