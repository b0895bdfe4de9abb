import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { killGroup, livingOf, until } from '../../support/process-group.js'
import { STAND_IN_DIR } from '../../support/stand-in.js'
import { chaosDeploy, expectOk, makeApp, openTinyApp } from '../../support/tiny-app.js'

t.test('an app that runs', async t => {
  const standIn = await openTinyApp(t)
  const { domain, stack } = standIn
  await makeApp(standIn)
  await expectOk(chaosDeploy(standIn))
  const list = ['service', 'ls', '--filter', `name=${stack}_`, '--format', '{{.Replicas}}']
  t.ok(await until(async () => (await execa('docker', list)).stdout === '1/1\n1/1'))

  await t.test(
    'app run runs a command in a container, with a terminal unless told not to',
    async t => {
      const args = ['app', 'run', domain, 'app']
      const refused = await standIn.abra([...args, 'true'])
      t.match(refused.stderr, /FATA the input device is not a TTY/)
      const { code, stdout } = await standIn.abra([
        ...args,
        '--no-tty',
        '--',
        'cat',
        '/etc/app.conf',
      ])
      t.equal(code, 0)
      t.equal(stdout, `domain = ${domain}`)
      const failed = await standIn.abra([
        ...args,
        '--no-tty',
        '--',
        'sh',
        '-c',
        'echo no >&2; exit 3',
      ])
      t.equal(failed.code, 1)
      t.match(failed.stderr, /no\n[^]*FATA exit status 3/)
      t.match((await standIn.abra([...args, 'tty'], { terminal: true })).stdout, /\/dev\/pts\//)
    },
  )

  await t.test('app cmd runs a function of abra.sh, there or here', async t => {
    const args = ['app', 'cmd', domain, '-C', '-o']
    const there = await expectOk(standIn.abra([...args, 'app', 'greet', 'you all']))
    t.equal(there.stdout, `hello you all from app of ${stack}`)
    const here = await expectOk(standIn.abra([...args, '--local', 'greet', 'me']))
    t.equal(here.stdout, `hello me from  of ${stack}`)
    t.match((await standIn.abra([...args, 'app', 'nope'])).stderr, /FATA tiny doesn't have a nope/)
  })

  await t.test('app logs follows until it is killed', async t => {
    const logs = spawn(join(STAND_IN_DIR, 'abra'), ['app', 'logs', domain], {
      env: standIn.env,
      detached: true,
      stdio: 'ignore',
    })
    const pid = logs.pid ?? -1
    t.teardown(() => {
      killGroup(pid)
    })
    t.ok(await until(async () => (await livingOf(pid)).length >= 3), 'one child a service')
    logs.kill('SIGTERM')
    await once(logs, 'exit')
    t.ok(await until(async () => (await livingOf(pid)).length === 0))
  })

  await t.test('app restart replaces the container', async t => {
    const containers = ['ps', '-q', '--filter', `name=${stack}_side`]
    const before = (await execa('docker', containers)).stdout
    const args = ['app', 'restart', domain, '-C', '-o']
    t.match((await standIn.abra(args)).stderr, /FATA missing \[service\]/)
    await expectOk(standIn.abra([...args, 'side']))
    const after = (await execa('docker', containers)).stdout
    t.not(after, before)
    t.match(after, /^[0-9a-f]+$/)
  })

  await t.test('app rollback goes to the release below', async t => {
    const args = ['app', 'rollback', domain, '-o', '-n', '-c', '-D']
    await expectOk(standIn.abra(args))
    t.match(await standIn.readEnv(), 'TYPE=tiny:1.1.0+1.1\n')
    t.equal(await standIn.git('rev-parse', 'HEAD'), standIn.commits[1])
  })
})

t.test('folders', async t => {
  const standIn = await openTinyApp(t)
  const servers = join(standIn.abraDir, 'servers')

  await t.test('a recipe that is not here is cloned from the upstream, or fatal', async t => {
    await rm(standIn.recipeDir, { recursive: true })
    const args = ['app', 'new', 'tiny', '-D', standIn.domain, '-n', '-o']
    t.match((await standIn.abra(args)).stderr, /FATA unable to clone tiny/)
    const upstream = `file://${join(dirname(standIn.abraDir), 'origin')}`
    await expectOk(standIn.abra(args, { env: { ABRA_STANDIN_UPSTREAM: upstream } }))
    t.equal(await standIn.git('rev-parse', 'HEAD'), standIn.commits[1])
  })

  await t.test('an abra folder without servers is fatal, until the local one is added', async t => {
    await rm(servers, { recursive: true })
    const { code, stderr } = await standIn.abra(['app', 'ls', '-m'])
    t.equal(code, 1)
    t.match(stderr, `FATA directory is empty: ${servers}`)
    await expectOk(standIn.abra(['server', 'add', '--local']))
    const { stdout } = await expectOk(standIn.abra(['server', 'ls', '-m']))
    t.same(JSON.parse(stdout), [{ name: 'default', host: 'local' }])
  })

  await t.test('recipes are listed from the catalogue', async t => {
    t.equal((await expectOk(standIn.abra(['recipe', 'ls', '-m']))).stdout, '[]')
    const entry = { name: 'tiny', category: 'Apps', features: { status: 3 }, versions: [] }
    await execa('mkdir', ['-p', join(standIn.abraDir, 'catalogue')])
    const file = join(standIn.abraDir, 'catalogue/recipes.json')
    await writeFile(file, JSON.stringify({ tiny: entry }))
    const { stdout } = await expectOk(standIn.abra(['recipe', 'ls', '-m']))
    t.same(JSON.parse(stdout), [{ name: 'tiny', category: 'Apps', status: '3' }])
    t.match(await readFile(file, 'utf8'), /tiny/)
  })
})
