import { execa } from 'execa'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { RecipeSpec } from '../../lab/recipes/recipe-spec.js'
import { TINY, type StandIn } from '../../support/stand-in.js'
import {
  chaosDeploy,
  expectOk,
  inspectService,
  makeApp,
  openTinyApp,
} from '../../support/tiny-app.js'

const labelsOf = async (standIn: StandIn, service: string) => {
  const prefix = `coop-cloud.${standIn.stack}.`
  const { Labels } = (await inspectService(`${standIn.stack}_${service}`)).Spec
  return Object.fromEntries(
    Object.entries(Labels)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  )
}

const envOf = async (standIn: StandIn, service: string) =>
  (await inspectService(`${standIn.stack}_${service}`)).Spec.TaskTemplate.ContainerSpec.Env ?? []

/** Commits until the eight digits that a chaos deploy writes would read as a number in YAML. */
async function commitWithNumericHash(standIn: StandIn): Promise<string> {
  for (let attempt = 0; attempt < 2000; attempt++) {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org']
    await standIn.git(...identity, 'commit', '-q', '--allow-empty', '-m', `attempt ${attempt}`)
    const short = (await standIn.git('rev-parse', 'HEAD')).slice(0, 8)
    if (/^\d+(e\d+)?$/.test(short)) return short
  }
  throw new Error('No commit with a numeric hash')
}

t.test('a chaos deploy', async t => {
  const standIn = await openTinyApp(t)
  await makeApp(standIn)

  await t.test('refuses a domain that does not resolve, unless told not to look', async t => {
    const args = ['app', 'deploy', standIn.domain, '-C', '-o', '-n', '-c']
    const { code, stderr } = await standIn.abra(args)
    t.equal(code, 1)
    t.match(stderr, /FATA unable to resolve DNS for tiny-.*no such host/)
  })

  await t.test(
    'writes the labels of the commit on app, and the version of the compose file',
    async t => {
      await expectOk(chaosDeploy(standIn))
      const short = standIn.commits[2]?.slice(0, 8) ?? ''
      t.same(await labelsOf(standIn, 'app'), {
        recipe: 'tiny',
        chaos: 'true',
        'chaos-version': short,
        version: '1.2.0+1.2',
        timeout: '60',
      })
      t.same(await labelsOf(standIn, 'side'), {})
      t.match(await standIn.readEnv(), `TYPE=tiny:${short}\n`)
    },
  )

  await t.test('gives app the values of the .env and of abra.sh, letter by letter', async t => {
    const env = await envOf(standIn, 'app')
    t.ok(env.includes('MOTTO=$5 for "free"'))
    t.ok(env.includes('APP_CONF_VERSION=v1'))
    t.ok(env.includes('STAGE=1.2'))
    t.ok(env.includes(`TYPE=tiny:${standIn.commits[2]?.slice(0, 8) ?? ''}`))
    t.same(await envOf(standIn, 'side'), [])
  })

  await t.test('is repeated on a deployed app, and marks a dirty tree', async t => {
    await writeFile(join(standIn.recipeDir, 'compose.extra.yml'), 'version: "3.8"\n')
    const env = { ABRA_STANDIN_LABELS: 'every', ABRA_STANDIN_EXPOSE_ENV: 'every' }
    const { stderr } = await expectOk(chaosDeploy(standIn, env))
    t.match(stderr, /WARN image recipe-ci-stand-in.* could not be accessed on a registry/)
    const version = `${standIn.commits[2]?.slice(0, 8) ?? ''}+U`
    for (const service of ['app', 'side']) {
      t.match(await labelsOf(standIn, service), { 'chaos-version': version, version: '1.2.0+1.2' })
      t.ok((await envOf(standIn, service)).includes(`TYPE=tiny:${version}`))
    }
    t.match(await standIn.readEnv(), `TYPE=tiny:${version}\n`)
  })

  await t.test('keeps a short commit that looks like a number as it is', async t => {
    await standIn.git('clean', '-fdq')
    const short = await commitWithNumericHash(standIn)
    await expectOk(chaosDeploy(standIn))
    t.equal((await labelsOf(standIn, 'app'))['chaos-version'], short)
  })

  await t.test('fails when a config changed and its version was not raised', async t => {
    await writeFile(join(standIn.recipeDir, 'app.conf.tmpl'), 'changed\n')
    const before = await standIn.readEnv()
    const { code, stderr } = await chaosDeploy(standIn)
    t.equal(code, 1)
    t.match(stderr, /FATA .*only updates to Labels are allowed/)
    t.equal(await standIn.readEnv(), before)
    await chaosDeploy(standIn, { ABRA_STANDIN_FAILED_TYPE: 'written' })
    t.match(await standIn.readEnv(), /TYPE=tiny:[0-9a-f]{8}\+U\n/)
  })

  await t.test('warns of names that the .env lacks', async t => {
    const text = await readFile(standIn.envFile, 'utf8')
    await writeFile(standIn.envFile, text.replace(/^MOTTO=.*\n/m, ''))
    const { stderr } = await chaosDeploy(standIn)
    t.match(stderr, `WARN MOTTO missing from ${standIn.domain}.env`)
  })
})

t.test('a deploy that is no chaos', async t => {
  const standIn = await openTinyApp(t)
  const deploy = (...args: readonly string[]) =>
    standIn.abra(['app', 'deploy', standIn.domain, '-o', '-n', '-c', '-D', ...args])
  await expectOk(
    standIn.abra(['app', 'new', 'tiny', '1.0.0+1.0', '-D', standIn.domain, '-n', '-o']),
  )

  await t.test('refuses to go on without its secrets', async t => {
    t.match((await deploy()).stderr, /FATA unable to deploy, secrets not generated \(token\)/)
    await expectOk(
      standIn.abra(['app', 'secret', 'generate', standIn.domain, '-a', '-m', '-n', '-o']),
    )
  })

  await t.test(
    'checks out the version of the .env, and writes the labels of a release',
    async t => {
      await standIn.git('checkout', '-q', 'main')
      await expectOk(deploy())
      t.equal(await standIn.git('rev-parse', 'HEAD'), standIn.commits[0])
      t.same(await labelsOf(standIn, 'app'), {
        recipe: 'tiny',
        chaos: 'false',
        version: '1.0.0+1.0',
        timeout: '60',
      })
      t.match(await standIn.readEnv(), 'TYPE=tiny:1.0.0+1.0\n')
    },
  )

  await t.test('refuses an app that is deployed, unless forced', async t => {
    const { code, stderr } = await deploy()
    t.equal(code, 1)
    t.match(stderr, `FATA ${standIn.domain} is already deployed`)
    t.equal((await deploy('--force')).code, 0)
  })

  await t.test('upgrades to the newest release above, with its notes', async t => {
    const args = ['app', 'upgrade', standIn.domain, '-o', '-n', '-c', '-D']
    const { stdout } = await expectOk(standIn.abra(args))
    t.match(stdout, /1\.1\.0\+1\.1:\nNothing to do\./)
    t.match(await labelsOf(standIn, 'app'), { version: '1.1.0+1.1' })
    t.match((await expectOk(standIn.abra(args))).stderr, /no available upgrades/)
  })
})

t.test('a lightweight tag stops a deploy that is no chaos, and only that', async t => {
  const [first, ...others] = TINY.releases
  const spec: RecipeSpec = { ...TINY, releases: [{ ...first, tag: 'lightweight' }, ...others] }
  const standIn = await openTinyApp(t, spec)
  await makeApp(standIn)
  const { code, stderr } = await standIn.abra([
    'app',
    'deploy',
    standIn.domain,
    '1.1.0+1.1',
    '-o',
    '-n',
    '-c',
    '-D',
  ])
  t.equal(code, 1)
  t.match(stderr, /FATA lint error in tiny configs: "only annotated tags .* \(R014\)/)
  await standIn.git('checkout', '-q', 'main')
  t.match((await expectOk(chaosDeploy(standIn))).stderr, /WARN lint error in tiny configs/)
})

t.test('a prompt that nobody answers is fatal, not a deploy', async t => {
  const standIn = await openTinyApp(t)
  await makeApp(standIn)
  const args = ['app', 'deploy', standIn.domain, '-C', '-o', '-c', '-D']
  const { code, stderr } = await standIn.abra(args)
  t.equal(code, 1)
  t.match(stderr, /FATA EOF/)
  const { stdout } = await execa('docker', ['service', 'ls', '--format', '{{.Name}}'])
  t.notMatch(stdout, standIn.stack)
})
