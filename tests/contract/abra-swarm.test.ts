import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Abra } from '../../lib/abra/abra.js'
import { abraBench } from '../support/abra-bench.js'
import { removeStack, type StandIn } from '../support/stand-in.js'
import { inspectService, namesOf, openTinyApp } from '../support/tiny-app.js'

async function newApp(abra: Abra, standIn: StandIn): Promise<void> {
  const made = await abra.appNew(standIn.domain, 'tiny')
  if (!made.ok) throw new Error(made.said)
}

const FORMS: Record<string, string>[] = [
  { ALL_SECRETS_EXIST: 'fail' },
  { ALL_SECRETS_EXIST: 'ok' },
  {
    ALL_SECRETS_EXIST: 'fail',
    WITHOUT: 'app secret generate --machine, app secret list --machine',
  },
  { ALL_SECRETS_EXIST: 'fail', WITHOUT: 'app secret generate --chaos, app secret list --chaos' },
]

t.test('generated secrets are in no log, and making them again is no failure', async t => {
  const standIn = await openTinyApp(t)
  for (const switches of FORMS) {
    const bench = await abraBench(t, standIn)
    const abra = await bench.open(switches)
    await newApp(abra, standIn)
    const made = await abra.secretGenerate(standIn.domain)
    t.ok(made.ok, `${JSON.stringify(switches)}: ${made.said}`)
    t.equal(made.output, '', 'what it printed stays with the mask')
    t.strictSame(await namesOf('secret', standIn.stack), [`${standIn.stack}_token_v1`])
    const logs = await bench.logs()
    t.match(logs, /app secret generate/)
    t.notMatch(logs, /[0-9a-f]{24}/, 'the value is 24 hex digits')
    t.match(logs, /\[masked\]/)
    const again = await abra.secretGenerate(standIn.domain)
    t.ok(again.ok, again.said)
    await removeStack(standIn.stack)
    await rm(standIn.envFile)
  }
})

t.test('a recipe without secrets, or with one a person inserts, is no failure', async t => {
  const standIn = await openTinyApp(t)
  const { open } = await abraBench(t, standIn)
  const abra = await open({ NO_SECRETS: 'fail' })
  await newApp(abra, standIn)
  const env = await standIn.readEnv()
  await writeFile(standIn.envFile, env.replace('charset=hex', 'generate=false'))
  const byHand = await abra.secretGenerate(standIn.domain)
  t.ok(byHand.ok, byHand.said)
  const compose = join(standIn.recipeDir, 'compose.yml')
  const text = await readFile(compose, 'utf8')
  await writeFile(compose, text.replace(/ {4}secrets:\n {6}- token\n/, ''))
  for (const form of ['fail', 'ok']) {
    const none = await (await open({ NO_SECRETS: form })).secretGenerate(standIn.domain)
    t.ok(none.ok, `${form}: ${none.said}`)
  }
})

t.test('machine output of another form is a fault that shows its beginning', async t => {
  const standIn = await openTinyApp(t)
  const { open } = await abraBench(t, standIn)
  await newApp(await open(), standIn)
  const abra = await open({ FAULTS: 'app secret generate=garbage' })
  await t.rejects(abra.secretGenerate(standIn.domain), {
    code: 'RCI_ABRA_GARBLED',
    message: /^Cannot read what "abra app secret generate" printed: "/,
  })
})

const DEPLOYS: Record<string, string>[] = [
  {},
  { LABELS: 'every', LOCAL_IMAGE: 'silent', DOMAIN_CHECK: 'skip', CHAOS_FETCH: 'never' },
]

t.test('the commit that is checked out is deployed, over a deployed app too', async t => {
  const standIn = await openTinyApp(t)
  const { open, calls } = await abraBench(t, standIn)
  await newApp(await open(), standIn)
  t.ok((await (await open()).secretGenerate(standIn.domain)).ok)
  // Out of reach: nothing may be fetched.
  await standIn.git('remote', 'set-url', 'origin', '/nonexistent')
  for (const [place, switches] of DEPLOYS.entries()) {
    const commit = standIn.commits[place] ?? ''
    await standIn.git('checkout', '-q', '-f', commit)
    const deployed = await (await open(switches)).deploy(standIn.domain)
    t.ok(deployed.ok, `${JSON.stringify(switches)}: ${deployed.said}`)
    const { Labels } = (await inspectService(`${standIn.stack}_app`)).Spec
    t.equal(Labels[`coop-cloud.${standIn.stack}.chaos-version`], commit.slice(0, 8))
  }
  t.strictSame((await calls('app', 'deploy'))[0]?.slice(3), [
    ...['--chaos', '--no-converge-checks', '--no-domain-checks', '--no-input', '--offline'],
  ])
})

t.test('a deploy that lacks a secret says so in one sentence', async t => {
  const standIn = await openTinyApp(t)
  const { open } = await abraBench(t, standIn)
  const abra = await open()
  await newApp(abra, standIn)
  const deployed = await abra.deploy(standIn.domain)
  t.notOk(deployed.ok)
  t.equal(deployed.exitCode, 1)
  t.match(deployed.said, /secret/)
})
