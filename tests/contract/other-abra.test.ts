import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createAbra, type Abra } from '../../lib/abra/abra.js'
import { realRunner } from '../support/runner.js'

const DOMAIN = 'tiny-123456.ci.example.org'

/** Another program of that name: its help has single blanks, its log no levels, its tables no lines. */
const OTHER = `#!/bin/sh
case "$*" in
--version) echo "abra 0.13.0"; exit 0 ;;
*--help)
  echo "usage: abra $*" | sed s,--help,DOMAIN,
  cat <<'HELP'
options:
--domain, -D <domain> of the app
--server SERVER to deploy to
--chaos, -C ignore uncommitted changes
--offline: fetch nothing
--no-input: ask nothing
--no-converge-checks do not wait
--force, -f go on
--all (default: false)
HELP
  exit 0 ;;
esac
echo "$*" >> "$CALLS"
case "$*" in
"app deploy"*--force*) exit 0 ;;
"app deploy"*) echo "Error: $3 is already running" >&2; exit 1 ;;
"app secret generate"*)
  echo "Secrets of $4 (tiny-123456_ci_example_org_db_password_v1):"
  echo "db_password: hunter2hunter2"
  exit 0 ;;
"recipe lint"*)
  echo "REF   RULE         SEVERITY  SATISFIED  SKIPPED  RESOLVE"
  echo "R008  .env.sample  error     no         no       create one"
  echo "lint failed" >&2
  exit 1 ;;
esac
`

type Bench = {
  readonly abra: Abra
  readonly secrets: readonly string[]
  readonly calls: () => Promise<string>
}

async function bench(t: Test): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-other-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  const program = join(dir, 'abra')
  await writeFile(program, OTHER)
  await chmod(program, 0o755)
  await mkdir(join(dir, 'logs'))
  const secrets: string[] = []
  const calls = join(dir, 'calls')
  const abra = await createAbra({
    run: await realRunner(text => text),
    env: { PATH: `${dir}:/usr/bin:/bin`, CALLS: calls },
    abraDir: join(dir, 'abra-dir'),
    server: 'default',
    logDir: join(dir, 'logs'),
    stateDir: join(dir, 'state'),
    emit: () => undefined,
    addSecret: value => secrets.push(value),
  })
  return { abra, secrets, calls: () => readFile(calls, 'utf8') }
}

t.test('flags of another help are passed as it lists them', async t => {
  const { abra, calls } = await bench(t)
  t.ok((await abra.appNew(DOMAIN, 'tiny')).ok)
  const flags = '--chaos --no-input --offline'
  t.equal(await calls(), `app new tiny --domain ${DOMAIN} --server default ${flags}\n`)
})

t.test('an app that is there already is deployed over, whatever the refusal says', async t => {
  const { abra, calls } = await bench(t)
  t.ok((await abra.deploy(DOMAIN)).ok)
  t.match(await calls(), /app deploy [^\n]*--chaos[^\n]*\napp deploy [^\n]*--force/)
})

t.test("values are masked in any form, the app's own names never", async t => {
  const { abra, secrets } = await bench(t)
  t.ok((await abra.secretGenerate(DOMAIN)).ok)
  t.ok(secrets.includes('hunter2hunter2'), secrets.join(' '))
  const telling = secrets.filter(value => value.includes('tiny-123456'))
  t.strictSame(telling, [])
})

t.test('a lint that ends badly because of its rules is read by its table', async t => {
  const { abra } = await bench(t)
  const { status, rulesFailed } = await abra.lint('tiny', { abraDir: '/nonexistent', dirty: false })
  t.strictSame([status, rulesFailed], ['fail', ['R008']])
})
