import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Called, StandIn } from '../../support/stand-in.js'
import { makeApp, openTinyApp } from '../../support/tiny-app.js'

/** No calm, so that a test is as long as what it shows. */
const HASTY = { ABRA_STANDIN_WAIT_CALM: 'none' }

const deploy = (standIn: StandIn, env = {}, terminal = true): Promise<Called> =>
  standIn.abra(['app', 'deploy', standIn.domain, '-C', '-o', '-n', '-D'], { env, terminal })

async function open(t: Test): Promise<StandIn> {
  const standIn = await openTinyApp(t)
  await makeApp(standIn)
  return standIn
}

t.test('the wait during deploy', async t => {
  const standIn = await open(t)

  await t.test('needs a terminal, and finds out when the stack is applied', async t => {
    const { code, stderr } = await deploy(standIn, {}, false)
    t.equal(code, 1)
    t.match(stderr, /FATA could not open a new TTY/)
    const { stdout } = await standIn.abra(['app', 'ps', standIn.domain, '-m', '-C', '-o'])
    t.same(Object.keys(JSON.parse(stdout) as object).sort(), ['app', 'side'])
  })

  await t.test('can do without a terminal', async t => {
    const { code, stderr } = await deploy(
      standIn,
      { ...HASTY, ABRA_STANDIN_WAIT_TERMINAL: 'without' },
      false,
    )
    t.equal(code, 0)
    t.match(stderr, /INFO deploy succeeded/)
  })

  await t.test(
    'ends once all is healthy; with calm, the time of the update monitor later',
    async t => {
      t.equal((await deploy(standIn, HASTY)).code, 0)
      const start = Date.now()
      t.equal((await deploy(standIn)).code, 0)
      t.ok(Date.now() - start > 4500, 'side has no monitor of its own: five seconds')
    },
  )

  await t.test('gives up on a start_period, or has patience', async t => {
    await standIn.setEnv('COMPOSE_FILE=compose.yml:compose.patient.yml')
    await standIn.setEnv('START_DELAY=5')
    const { code, stdout } = await deploy(standIn, HASTY)
    t.equal(code, 1)
    t.match(stdout, /FATA deploy failed/)
    await standIn.setEnv('START_DELAY=4')
    t.equal((await deploy(standIn, { ...HASTY, ABRA_STANDIN_WAIT_START: 'patient' })).code, 0)
  })
})

t.test('the wait times out by the label, and TYPE stays as it was', async t => {
  const standIn = await open(t)
  await standIn.setEnv('TIMEOUT=1')
  await standIn.setEnv('COMPOSE_FILE=compose.yml:compose.patient.yml')
  await standIn.setEnv('START_DELAY=20')
  await standIn.setEnv('TYPE=tiny:1.0.0+1.0')
  const before = await standIn.readEnv()
  const { code, stdout } = await deploy(standIn, { ...HASTY, ABRA_STANDIN_WAIT_START: 'patient' })
  t.equal(code, 1)
  t.match(stdout, /FATA deploy timed out/)
  t.equal(await standIn.readEnv(), before)
})

/** A deploy resets the state of each service that it has: stale is that of one which left the compose files. */
t.test('an update that was rolled back before fails the wait, or is ignored', async t => {
  const standIn = await open(t)
  const write = (name: string, command: string) =>
    writeFile(join(standIn.recipeDir, name), oldService(standIn.image, command))
  await write('compose.old.yml', '["sleep", "3600"]')
  await write('compose.crash.yml', '["false"]')
  await standIn.setEnv('COMPOSE_FILE=compose.yml:compose.old.yml')
  t.equal((await deploy(standIn, HASTY)).code, 0)
  await standIn.setEnv('COMPOSE_FILE=compose.yml:compose.crash.yml')
  const broken = await deploy(standIn, HASTY)
  t.equal(broken.code, 1)
  t.match(broken.stdout, /_old: rollback_completed[^]*FATA deploy failed/)
  await standIn.setEnv('COMPOSE_FILE=compose.yml')
  const stale = await deploy(standIn, HASTY)
  t.equal(stale.code, 1)
  t.match(stale.stdout, /_old: rollback_completed[^]*FATA deploy failed/)
  t.equal((await deploy(standIn, { ...HASTY, ABRA_STANDIN_WAIT_STALE: 'ignore' })).code, 0)
})

const oldService = (image: string, command: string) => `version: "3.8"
services:
  old:
    image: ${image}
    command: ${command}
    stop_grace_period: 0s
    deploy:
      update_config: {failure_action: rollback, monitor: 1s}
      rollback_config: {monitor: 1s}
`
