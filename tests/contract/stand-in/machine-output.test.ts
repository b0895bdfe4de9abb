import { execa } from 'execa'
import t from 'tap'
import type { RecipeSpec } from '../../lab/recipes/recipe-spec.js'
import { TINY } from '../../support/stand-in.js'
import { chaosDeploy, expectOk, makeApp, namesOf, openTinyApp } from '../../support/tiny-app.js'

const WITHOUT_SECRET: RecipeSpec = {
  ...TINY,
  releases: [
    {
      version: '1.0.0+1.0',
      layers: ['tiny'],
      edits: [{ file: 'compose.yml', from: '    secrets:\n      - token\n', to: '' }],
    },
  ],
}

t.test('secrets', async t => {
  const standIn = await openTinyApp(t)
  const { domain, stack } = standIn
  const secret = (verb: string, args: readonly string[] = [], env = {}) =>
    standIn.abra(['app', 'secret', verb, domain, ...args, '-n', '-o', '-C'], { env })
  await expectOk(standIn.abra(['app', 'new', 'tiny', '-D', domain, '-n', '-o', '-C']))

  await t.test(
    'generate as JSON carries the values, made as the comment in the .env says',
    async t => {
      const { stdout } = await expectOk(secret('generate', ['--all', '-m']))
      const [made, ...others] = JSON.parse(stdout) as { name: string; value: string }[]
      t.equal(made?.name, 'token')
      t.match(made?.value, /^[0-9a-f]{24}$/)
      t.same(others, [])
      t.same(await namesOf('secret', stack), [`${stack}_token_v1`])
    },
  )

  await t.test('generate when all exist warns and exits 1, or 0', async t => {
    const { code, stderr, stdout } = await secret('generate', ['--all', '-m'])
    t.equal(code, 1)
    t.equal(stdout, '')
    t.match(stderr, `WARN ${stack}_token_v1 already exists`)
    t.notMatch(stderr, /FATA/)
    const lenient = { ABRA_STANDIN_ALL_SECRETS_EXIST: 'ok' }
    t.equal((await secret('generate', ['--all', '-m'], lenient)).code, 0)
  })

  await t.test('generate without a name wants all', async t => {
    t.match(
      (await secret('generate')).stderr,
      /FATA missing arguments \[secret\]\/\[version\] or '--all'/,
    )
    t.match((await secret('generate', ['nope', 'v1'])).stderr, /FATA nope doesn't exist/)
  })

  await t.test('list as JSON is an array of texts', async t => {
    const { stdout } = await expectOk(secret('ls', ['-m']))
    t.same(JSON.parse(stdout), [
      {
        name: 'token',
        version: 'v1',
        'generated name': `${stack}_token_v1`,
        'created on server': 'true',
      },
    ])
  })

  await t.test('insert refuses a secret that exists, and takes a value or a file', async t => {
    t.match((await secret('insert', ['token', 'v1', 'x'])).stderr, /FATA .*AlreadyExists/)
    await expectOk(secret('insert', ['token', 'v2', 'a value']))
    await expectOk(secret('insert', ['token', 'v3', standIn.envFile, '--file']))
    t.same(
      [...(await namesOf('secret', stack))].sort(),
      ['v1', 'v2', 'v3'].map(v => `${stack}_token_${v}`),
    )
  })

  await t.test('remove takes what the recipe names, and nothing is fatal', async t => {
    await expectOk(secret('rm', ['--all']))
    const { code, stderr } = await secret('rm', ['--all'])
    t.equal(code, 1)
    t.match(stderr, /FATA no secrets to remove\?/)
    t.equal((await namesOf('secret', stack)).length, 2)
  })
})

t.test('generate for a recipe without secrets exits 1, or 0', async t => {
  const standIn = await openTinyApp(t, WITHOUT_SECRET)
  await expectOk(standIn.abra(['app', 'new', 'tiny', '-D', standIn.domain, '-n', '-o', '-C']))
  const args = ['app', 'secret', 'generate', standIn.domain, '--all', '-m', '-n', '-o', '-C']
  t.equal((await standIn.abra(args)).code, 1)
  t.equal((await standIn.abra(args, { env: { ABRA_STANDIN_NO_SECRETS: 'ok' } })).code, 0)
})

t.test('listings', async t => {
  const standIn = await openTinyApp(t)
  const { domain, stack } = standIn
  const ls = async (...args: readonly string[]) =>
    JSON.parse((await expectOk(standIn.abra(['app', 'ls', '-m', ...args]))).stdout) as unknown
  await makeApp(standIn)
  const known = { server: 'default', recipe: 'tiny', appName: domain, domain }

  await t.test('app ls without status knows nothing of the swarm', async t => {
    t.same(await ls(), {
      default: {
        apps: [
          {
            ...known,
            status: 'unknown',
            chaos: 'unknown',
            chaosVersion: 'unknown',
            version: 'unknown',
            upgrade: 'unknown',
          },
        ],
        appCount: 1,
        versionCount: 0,
        unversionedCount: 1,
        latestCount: 0,
        upgradeCount: 0,
      },
    })
  })

  await t.test('app ps of an app that is not deployed is fatal', async t => {
    const { code, stderr } = await standIn.abra(['app', 'ps', domain, '-m', '-C', '-o'])
    t.equal(code, 1)
    t.match(stderr, `FATA ${domain} is not deployed?`)
  })

  await t.test('app ls with status, and app ps, are made of texts', async t => {
    await expectOk(chaosDeploy(standIn))
    const chaosVersion = standIn.commits[2]?.slice(0, 8)
    t.match(await ls('-S'), {
      default: {
        apps: [
          {
            ...known,
            status: 'deployed',
            chaos: 'true',
            chaosVersion,
            version: '1.2.0+1.2',
            upgrade: 'latest',
          },
        ],
        versionCount: 1,
        latestCount: 1,
      },
    })
    const { stdout } = await expectOk(standIn.abra(['app', 'ps', domain, '-m', '-C', '-o']))
    const services = JSON.parse(stdout) as Readonly<
      Record<string, Readonly<Record<string, unknown>>>
    >
    t.same(Object.keys(services).sort(), ['app', 'side'])
    for (const service of Object.values(services)) {
      t.same(Object.keys(service), [
        'service',
        'image',
        'state',
        'status',
        'created',
        'ports',
        'version',
        'chaos',
      ])
      t.ok(Object.values(service).every(value => typeof value === 'string'))
    }
  })

  await t.test('newer versions are listed newest first, one a line', async t => {
    const label = `coop-cloud.${stack}.version=0.9.0+0.9`
    await execa('docker', ['service', 'update', '-d', '--label-add', label, `${stack}_app`])
    t.match(await ls('-S'), {
      default: { apps: [{ upgrade: '1.1.0+1.1\n1.0.0+1.0' }], upgradeCount: 1 },
    })
  })
})

t.test('servers and versions are arrays of objects of texts', async t => {
  const standIn = await openTinyApp(t)
  const servers = await expectOk(standIn.abra(['server', 'ls', '-m']))
  t.same(JSON.parse(servers.stdout), [{ name: 'default', host: 'local' }])
  const versions = await expectOk(standIn.abra(['recipe', 'versions', 'tiny', '-m']))
  t.match(JSON.parse(versions.stdout), [
    { version: '1.1.0+1.1', service: 'app', image: /box/, tag: String },
    { version: '1.1.0+1.1', service: 'side' },
    { version: '1.0.0+1.0', service: 'app' },
    { version: '1.0.0+1.0', service: 'side' },
  ])
})
