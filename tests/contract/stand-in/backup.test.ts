import { randomBytes } from 'node:crypto'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import { until } from '../../support/process-group.js'
import { removeStack, type StandIn } from '../../support/stand-in.js'
import { makeApp, openTinyApp } from '../../support/tiny-app.js'

/** Says with which arguments and environment it was called, and fails on demand. */
const BOT = `if [ "$SERVICE" = broken.test ]; then echo nothing to back up; exit 1; fi
env | while read -r line; do case "$line" in SERVICE=*|SNAPSHOT=*|TARGET=*|VOLUMES=*|CONTAINER=*|NO*=*|RETRIES=*) echo "$line";; esac; done
if [ -t 1 ]; then echo terminal; fi
echo "called with $*"`

/** Starts a service that answers as a backup bot, found by a label of its own: the swarm may have a real one. */
async function startBot(t: Test, { image }: StandIn, label: string): Promise<string> {
  const stack = `standin-bot-${randomBytes(3).toString('hex')}`
  t.teardown(() => removeStack(stack))
  const script = `mkdir -p /usr/bin; echo '#!/bin/sh' >/usr/bin/backup; echo "$SCRIPT" >>/usr/bin/backup; chmod 755 /usr/bin/backup; touch /tmp/up; sleep 3600`
  const compose = {
    version: '3.8',
    services: {
      app: {
        image,
        command: ['sh', '-c', script.replaceAll('$', '$$$$')],
        environment: { SCRIPT: BOT.replaceAll('$', '$$$$') },
        stop_grace_period: '0s',
        healthcheck: { test: ['CMD', 'test', '-f', '/tmp/up'], interval: '500ms' },
        deploy: { labels: { [label]: 'true' } },
      },
    },
  }
  const args = ['stack', 'deploy', '--resolve-image', 'never', '-c', '-', stack]
  await execa('docker', args, { input: JSON.stringify(compose) })
  const ls = ['service', 'ls', '--filter', `name=${stack}_app`, '--format', '{{.Replicas}}']
  t.ok(await until(async () => (await execa('docker', ls)).stdout === '1/1'))
  return `${stack}_app`
}

const lines = (text: string) => text.split(/\r?\n/).filter(line => line !== '')

t.test('the backup bot', async t => {
  const standIn = await openTinyApp(t)
  const { domain } = standIn
  await makeApp(standIn)
  const label = `standin-bot.${randomBytes(4).toString('hex')}`
  const env = { ABRA_STANDIN_BOT_LABEL: `${label}=true` }
  const abra = (verb: string, args: readonly string[] = [], options = {}) =>
    standIn.abra([...verb.split(' '), domain, '-n', '-o', '-C', ...args], {
      env,
      terminal: true,
      ...options,
    })

  await t.test('must be there', async t => {
    const { code, stdout } = await abra('app backup create')
    t.equal(code, 1)
    t.match(stdout, `FATA no services matching the ${label}=true filter found?`)
  })

  await startBot(t, standIn, label)

  await t.test('is called with a terminal, on behalf of the app', async t => {
    const { code, stdout } = await abra('app backup create', ['--retries', '5'])
    t.equal(code, 0)
    t.same(lines(stdout).slice(1).sort(), [
      'RETRIES=5',
      `SERVICE=${domain}`,
      'called with -- create',
      'terminal',
    ])
  })

  await t.test('wants a terminal on our side: on stdin, or on stdout', async t => {
    for (const where of ['stdin', 'stdout']) {
      const options = { env: { ...env, ABRA_STANDIN_TERMINAL: where } }
      for (const verb of ['app backup create', 'app backup snapshots', 'app restore']) {
        const without = await abra(verb, [], { ...options, terminal: false })
        t.equal(without.code, 1)
        t.match(without.stderr, /FATA the input device is not a TTY/)
      }
      t.equal((await abra('app backup snapshots', [], options)).code, 0)
    }
  })

  await t.test('is told what the flags of restore say', async t => {
    const args = ['--target', '/there', '--volumes', 'a,b', '--services', 'app']
    const { code, stdout } = await abra('app restore', args)
    t.equal(code, 0)
    t.same(lines(stdout).slice(1).sort(), [
      'CONTAINER=app',
      'NONINTERACTIVE=true',
      `SERVICE=${domain}`,
      'TARGET=/there',
      'VOLUMES=a,b',
      'called with -- restore',
      'terminal',
    ])
  })

  await t.test('gets a snapshot from restore only where restore has the flag', async t => {
    const refused = await abra('app restore', ['--snapshot', 'abc123'])
    t.match(refused.stdout, /FATA unknown flag: --snapshot/)
    const options = { env: { ...env, ABRA_STANDIN_RESTORE_SNAPSHOT: 'flag' } }
    t.match(
      (await abra('app restore', ['--snapshot', 'abc123'], options)).stdout,
      /SNAPSHOT=abc123/,
    )
  })

  await t.test('runs hooks always, or only on demand', async t => {
    const options = { env: { ...env, ABRA_STANDIN_RESTORE_HOOKS: 'flag' } }
    t.match((await abra('app restore', [], options)).stdout, /NO_COMMANDS=true/)
    t.notMatch((await abra('app restore', ['--hooks'], options)).stdout, /NO_COMMANDS/)
  })

  await t.test('decides the exit status', async t => {
    const broken = ['app', 'new', 'tiny', '-D', 'broken.test', '-n', '-o', '-C']
    t.equal((await standIn.abra(broken)).code, 0)
    const args = ['app', 'backup', 'create', 'broken.test', '-n', '-o', '-C']
    const { code, stdout } = await standIn.abra(args, { env, terminal: true })
    t.equal(code, 1)
    t.match(stdout, /nothing to back up[^]*FATA failed to exec create: exit status 1/)
  })

  await t.test('must be the only one', async t => {
    await startBot(t, standIn, label)
    const { code, stdout } = await abra('app backup create')
    t.equal(code, 1)
    t.match(stdout, /FATA expected 1 service but found 2: /)
  })
})
