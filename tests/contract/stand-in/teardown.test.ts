import { access } from 'node:fs/promises'
import { execa } from 'execa'
import t from 'tap'
import { chaosDeploy, expectOk, makeApp, namesOf, openTinyApp } from '../../support/tiny-app.js'

t.test('taking an app down', async t => {
  const standIn = await openTinyApp(t)
  const { domain, stack } = standIn
  const abra = (verb: string, env = {}) => standIn.abra([...verb.split(' '), domain, '-n'], { env })
  await makeApp(standIn)
  await expectOk(chaosDeploy(standIn))

  await t.test('remove and volume remove refuse an app that is deployed', async t => {
    for (const verb of ['app remove', 'app volume remove']) {
      const { code, stderr } = await abra(verb)
      t.equal(code, 1)
      t.match(stderr, `FATA ${domain} is still deployed. Run "abra app undeploy ${domain}"`)
    }
  })

  await t.test(
    'undeploy keeps volumes, secrets and the env file, and waits for the rest',
    async t => {
      await expectOk(abra('app undeploy'))
      t.same(await namesOf('service', stack), [])
      t.same(await namesOf('network', stack), [])
      t.same(await namesOf('volume', stack), [`${stack}_data`])
      t.same(await namesOf('secret', stack), [`${stack}_token_v1`])
      await access(standIn.envFile)
    },
  )

  await t.test('undeploy of an app that is not deployed is fatal, or nothing', async t => {
    const { code, stderr } = await abra('app undeploy')
    t.equal(code, 1)
    t.match(stderr, `FATA ${domain} is not deployed?`)
    t.equal((await abra('app undeploy', { ABRA_STANDIN_UNDEPLOY_ABSENT: 'ok' })).code, 0)
  })

  await t.test('a volume in use is tried again, or fatal at once', async t => {
    const args = ['create', '--rm', '-v', `${stack}_data:/data`, standIn.image, 'true']
    const { stdout: holder } = await execa('docker', args)
    t.teardown(() => execa('docker', ['rm', '-f', holder], { reject: false }))
    const timed = async (env?: Readonly<Record<string, string>>) => {
      const start = Date.now()
      const { code, stderr } = await abra('app volume remove', env)
      return { code, stderr, ms: Date.now() - start }
    }
    const atOnce = await timed({ ABRA_STANDIN_VOLUME_IN_USE: 'fatal' })
    t.equal(atOnce.code, 1)
    t.match(atOnce.stderr, /FATA removing volumes failed: .*volume is in use/)
    const again = await timed()
    t.equal(again.code, 1)
    t.ok(again.ms > 4000, 'four pauses of a second')
    t.ok(atOnce.ms < again.ms, 'and none')
    t.same(await namesOf('volume', stack), [`${stack}_data`])
  })

  await t.test('remove stops after the secrets, or takes everything', async t => {
    const half = await abra('app remove', { ABRA_STANDIN_REMOVE: 'half' })
    t.equal(half.code, 1)
    t.same(await namesOf('secret', stack), [])
    t.same(await namesOf('volume', stack), [`${stack}_data`])
    const absent = await abra('app remove', { ABRA_STANDIN_REMOVE_ABSENT: 'fatal' })
    t.match(absent.stderr, /FATA .* is not deployed\?/)
    await expectOk(abra('app remove'))
    t.same(await namesOf('volume', stack), [])
    await t.rejects(access(standIn.envFile))
    t.match((await abra('app remove')).stderr, `FATA cannot find app with name ${domain}`)
  })
})

t.test('volume remove takes one volume, or all', async t => {
  const standIn = await openTinyApp(t)
  const { domain, stack } = standIn
  await makeApp(standIn)
  for (const name of ['data', 'other'])
    await execa('docker', ['volume', 'create', `${stack}_${name}`])
  const remove = (...args: readonly string[]) =>
    standIn.abra(['app', 'volume', 'remove', domain, ...args, '-n'])
  t.match((await remove('none')).stderr, /FATA none does not exist\?/)
  await expectOk(remove('other'))
  t.same(await namesOf('volume', stack), [`${stack}_data`])
  await expectOk(remove())
  t.same(await namesOf('volume', stack), [])
  t.match((await expectOk(remove())).stderr, /INFO no volumes removed/)
})

t.test('undeploy may return at once', async t => {
  const standIn = await openTinyApp(t)
  await makeApp(standIn)
  await expectOk(chaosDeploy(standIn))
  const env = { ABRA_STANDIN_UNDEPLOY: 'return' }
  await expectOk(standIn.abra(['app', 'undeploy', standIn.domain, '-n'], { env }))
  t.same(await namesOf('service', standIn.stack), [])
  t.equal((await standIn.abra(['app', 'undeploy', standIn.domain, '-n'])).code, 1)
})
