import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { abraBench, type AbraBench } from '../support/abra-bench.js'
import { until } from '../support/process-group.js'
import { createStandIn, type StandIn } from '../support/stand-in.js'

type Bench = AbraBench & { readonly standIn: StandIn }

async function bench(t: Test): Promise<Bench> {
  const standIn = await createStandIn('recipe-ci-stand-in/none:1')
  t.teardown(() => standIn[Symbol.asyncDispose]())
  return { standIn, ...(await abraBench(t, standIn)) }
}

t.test('a missing flag that is relied on is named before anything is created', async t => {
  const { open, calls } = await bench(t)
  for (const [command, flag] of [
    ['app new', 'domain'],
    ['app new', 'server'],
    ['app deploy', 'chaos'],
    ['app deploy', 'offline'],
    ['app deploy', 'no-converge-checks'],
    ['app secret generate', 'all'],
  ] as const)
    await t.rejects(open({ WITHOUT: `${command} --${flag}` }), {
      code: 'RCI_ABRA_UNFIT',
      message: `Cannot use abra 0.13.0-beta-06a57de: "abra ${command}" is needed, and there is no flag --${flag}`,
    })
  t.strictSame(await calls('app'), [], 'nothing but help was asked for')
})

t.test('no abra on PATH is said with the places looked into', async t => {
  const { open } = await bench(t)
  await t.rejects(open({}, { env: { PATH: '/nonexistent:relative' } }), {
    code: 'RCI_ABSENT',
    message: 'Cannot find "abra": not in /nonexistent:relative',
  })
})

t.test('flags are looked up once for each binary, and broken memory is no obstacle', async t => {
  const { open, standIn, stateDir } = await bench(t)
  await open({}, { stateDir })
  const asked = (await standIn.journal()).length
  t.equal(readdirSync(stateDir).length, 1)
  await open({}, { stateDir })
  t.equal((await standIn.journal()).length, asked, 'nothing was asked again')
  for (const text of ['', 'null', '{"version":1}', '[]']) {
    for (const name of readdirSync(stateDir)) writeFileSync(join(stateDir, name), text)
    await t.resolves(open({}, { stateDir }), JSON.stringify(text))
  }
})

t.test('a state folder that cannot be written is no fault', async t => {
  const { open, dir } = await bench(t)
  writeFileSync(join(dir, 'file'), '')
  await t.resolves(open({}, { stateDir: join(dir, 'file', 'state') }))
})

t.test('a newer abra is a warning, not a fault', async t => {
  const { open, happenings } = await bench(t)
  await open({ VERSION: '0.99.0' })
  t.match(
    happenings.filter(({ type }) => type === 'run.warned'),
    [{ type: 'run.warned', text: /abra 0\.99\.0 is newer/ }],
  )
})

t.test('app new leaves the checkout as it is and answers no prompt', async t => {
  const { open, standIn, logs, calls } = await bench(t)
  const abra = await open()
  const first = standIn.commits[0] ?? ''
  await standIn.git('checkout', '-q', first)
  const made = await abra.appNew(standIn.domain, 'tiny')
  t.ok(made.ok, made.said)
  t.ok(existsSync(standIn.envFile))
  t.equal(await standIn.git('rev-parse', 'HEAD'), first)
  const flags = ['--server', 'default', '--chaos', '--no-input', '--offline']
  t.strictSame(await calls('app', 'new'), [
    ['app', 'new', 'tiny', '--domain', standIn.domain, ...flags],
  ])
  t.match(await logs(), /new app 'tiny' created/)
  const again = await abra.appNew(standIn.domain, 'tiny')
  t.notOk(again.ok)
  t.match(again.fatal, /already exists/)
  t.equal(again.said, again.fatal)
})

const DIRTY: [Record<string, string>, number][] = [
  [{}, 0],
  [{ WITHOUT: 'app new --chaos' }, 1],
  [{ WITHOUT: 'app new --chaos', TREE: 'ignore' }, 1],
]

t.test('a dirty tree is no obstacle, with --chaos or without it', async t => {
  for (const [switches, tidies] of DIRTY) {
    const { open, standIn } = await bench(t)
    writeFileSync(join(standIn.recipeDir, 'compose.ccci.yml'), '')
    let tidied = 0
    const tidyTree = async (): Promise<void> => {
      tidied += 1
      await standIn.git('clean', '-fdq')
    }
    const made = await (await open(switches, { tidyTree })).appNew(standIn.domain, 'tiny')
    t.ok(made.ok, made.said)
    t.equal(tidied, tidies, JSON.stringify(switches))
  }
})

const LINTS: Record<string, string>[] = [
  {},
  { TERMINAL: 'stdout' },
  { TABLE_WIDTH: 'never' },
  { LINT_TREE: 'tree' },
  { WITHOUT: 'recipe lint --chaos' },
]

t.test('lint is read from its table in every form', async t => {
  const { open, standIn } = await bench(t)
  const scratch = { abraDir: standIn.abraDir, dirty: false }
  for (const switches of LINTS) {
    const abra = await open(switches)
    await standIn.git('tag', 'light')
    const linted = await abra.lint('tiny', scratch)
    t.equal(linted.status, 'fail', JSON.stringify(switches))
    t.strictSame(linted.rulesFailed, ['R014'])
    await standIn.git('tag', '-d', 'light')
    const good = await abra.lint('tiny', { ...scratch, dirty: true })
    t.equal(good.status, 'pass', good.detail)
    t.match(good.detail, /R006, R013.*dirty/)
  }
})

t.test('a lint that could not be done is not verified, and says why', async t => {
  const { open, standIn } = await bench(t)
  const scratch = { abraDir: standIn.abraDir, dirty: false }
  const linted = await (await open({ FAULTS: 'recipe lint=fatal' })).lint('tiny', scratch)
  t.equal(linted.status, 'unver')
  t.match(linted.detail, /^could not lint: \w/)
  const garbage = await (await open({ FAULTS: 'recipe lint=garbage' })).lint('tiny', scratch)
  t.equal(garbage.status, 'unver')
})

t.test('an abra that hangs is ended with the run, and the outcome says so', async t => {
  const { open, standIn, calls } = await bench(t)
  const run = new AbortController()
  const abra = await open({ FAULTS: 'app deploy=hang' }, { signal: run.signal })
  const pending = abra.deploy(standIn.domain)
  t.ok(await until(async () => (await calls('app', 'deploy')).length > 0))
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
  const said: string[] = []
  for (const { name, call } of (await open()).removals(standIn.domain))
    said.push(`${name}: ${await call(AbortSignal.timeout(10_000))}`)
  t.equal(said.length, 3)
  for (const line of said) t.match(line, /^(volume remove|secret rm|remove): cannot find app/)
})

t.test('no variable that loads code reaches abra, and its own do', async t => {
  const { open, dir } = await bench(t)
  const script = `#!/bin/sh\nenv > ${dir}/env.$$\necho "abra version 0.13.0"\n`
  writeFileSync(join(dir, 'abra'), script)
  chmodSync(join(dir, 'abra'), 0o755)
  const env = {
    PATH: `${dir}:${process.env['PATH'] ?? ''}`,
    ...{ PYTHONPATH: 'x', LD_BIND_NOW: '1', BASH_ENV: 'x' },
    ...{ ABRA_LOGS: 'x', DOCKER_CONTEXT: 'c', HTTPS_PROXY: 'p' },
  }
  await t.rejects(open({}, { env }), { code: 'RCI_ABRA_UNFIT' })
  const names = readdirSync(dir).filter(name => name.startsWith('env.'))
  t.ok(names.length > 0)
  for (const text of names.map(name => readFileSync(join(dir, name), 'utf8'))) {
    t.notMatch(text, /PYTHONPATH|LD_BIND_NOW|BASH_ENV/)
    for (const line of ['ABRA_LOGS=x', 'DOCKER_CONTEXT=c', 'HTTPS_PROXY=p', 'ABRA_CI=1'])
      t.match(text, line)
  }
})
