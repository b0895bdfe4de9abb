import { randomBytes } from 'node:crypto'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import { canaryKit, FILE, verdicts } from '../support/canary-kit.js'

t.jobs = 3

const idle = 'trap "exit 0" TERM; sleep 3600 & wait'
const survived = (volume: string) => `survived the upgrade: file in volume "${volume}"`
const restored = (volume: string) => `restored: file in volume "${volume}"`

t.test('one file a volume, for everybody to read, owned like the folder it lies in', async t => {
  const { deploy, canaries, exec } = await canaryKit(t)
  await deploy(
    { name: 'app', run: `busybox chown 33:33 /data; ${idle}`, volumes: { data: '/data' } },
    { name: 'side', run: idle, volumes: { data: '/look:ro' } },
  )
  const marks = await canaries()
  t.match(marks.report(), [
    { kind: 'file', where: 'volume "data"', covered: true, reason: /label/ },
  ])
  t.equal(marks.report().length, 1)
  const { stdout } = await exec('side', `busybox stat -c '%a %u:%g %s' /look/${FILE}`)
  t.match(stdout, /^644 33:33 27\n$/)
  const moved = await deploy({ name: 'app', run: idle, volumes: { data: '/elsewhere' } })
  t.strictSame(verdicts(await marks.survived(moved)), [[survived('data'), 'pass']])
  await marks.drop()
  const { stdout: rest } = await exec('side', 'busybox ls -a /look')
  t.notMatch(rest, 'canary', 'dropped at the end')
})

t.test('a volume that no service mounts any more is lost, whatever else is there', async t => {
  const { deploy, canaries } = await canaryKit(t)
  await deploy({ name: 'app', run: idle, volumes: { data: '/data', keep: '/keep' } })
  const marks = await canaries()
  const renamed = await deploy({
    name: 'app',
    run: idle,
    volumes: { data2: '/data', keep: '/keep' },
  })
  t.strictSame(verdicts(await marks.survived(renamed)), [
    [survived('data'), 'fail', 'data_lost'],
    [survived('keep'), 'pass'],
  ])
})

t.test(
  'a loss is told with the skip where all old files went, without it where some stayed',
  async t => {
    const { deploy, canaries, exec } = await canaryKit(t)
    const volumes = { html: '/html', data: '/data' }
    const services = await deploy({ name: 'app', run: idle, volumes })
    await exec(
      'app',
      'touch /html/a /html/b /data/a /data/b; busybox touch -d 2020-01-01 /html/a /data/a',
    )
    const marks = await canaries()
    await exec('app', `rm -f /html/* /html/${FILE} /data/${FILE}; touch /html/a`)
    const [html, data] = await marks.survived(services)
    t.match(data, { status: 'fail', cause: { class: 'data_lost', fix: /^Keep the volume[^;]*$/ } })
    t.match(html, { status: 'fail', cause: { class: 'data_lost', fix: /CANARY: {html: {skip: / } })
  },
)

t.test('what cannot take a file, or must not, is told and left alone', async t => {
  const { deploy, canaries, exec } = await canaryKit(t)
  const volumes = {
    assets: '/assets:ro',
    conf: '/etc/nginx/conf.d',
    plugins: '/srv/plugins/',
    both: '/srv/modules',
    skipped: '/skipped',
  }
  await deploy(
    { name: 'app', run: idle, volumes },
    { name: 'side', run: idle, volumes: { both: '/both' } },
    { name: 'off', run: idle, replicas: 0, volumes: { cron: '/cron' } },
  )
  const marks = await canaries({ skipped: { skip: 'it is a cache' } })
  const told = Object.fromEntries(marks.report().map(({ where, reason }) => [where, reason]))
  t.match(told, {
    'volume "assets"': /read-only/,
    'volume "conf"': /reads "conf.d" file by file/,
    'volume "plugins"': /reads "plugins"/,
    'volume "skipped"': 'it is a cache',
    'volume "cron"': /no running container/,
  })
  t.strictSame(
    marks
      .report()
      .filter(({ covered }) => covered)
      .map(({ where }) => where),
    ['volume "both"'],
    'one mount at another place is enough',
  )
  const { stdout } = await exec(
    'app',
    'busybox ls -a /etc/nginx/conf.d /srv/plugins /skipped /assets',
  )
  t.notMatch(stdout, 'canary')
})

t.test('the labels say what comes back, and what an upgrade may lose', async t => {
  const { deploy, canaries, exec } = await canaryKit(t)
  const labels = {
    'backupbot.backup': 'true',
    'backupbot.backup.volumes.cache': 'false',
    'backupbot.backup.volumes.part.path': 'dump.sql',
  }
  const volumes = { cache: '/cache', data: '/data', part: '/part' }
  const services = await deploy({ name: 'app', run: idle, labels, volumes })
  const marks = await canaries()
  await marks.change()
  t.strictSame(verdicts(await marks.restored()), [
    [restored('cache'), 'skip'],
    [restored('data'), 'fail', 'restore_lost'],
    [restored('part'), 'skip'],
  ])
  const { stdout } = await exec('app', `cat /data/${FILE}; echo; cat /cache/${FILE} /part/${FILE}`)
  t.match(
    stdout,
    /^rci[0-9a-f]{24} changed\nrci[0-9a-f]{24}rci[0-9a-f]{24}$/,
    'only what must come back is changed',
  )
  await exec(
    'app',
    `printf %s ${stdout.slice(0, 27)} >/data/${FILE}; rm /cache/${FILE} /part/${FILE}`,
  )
  t.match(verdicts(await marks.restored())[1], [restored('data'), 'pass'])
  t.strictSame(verdicts(await marks.survived(services)), [
    [survived('cache'), 'skip'],
    [survived('data'), 'pass'],
    [survived('part'), 'fail', 'data_lost'],
  ])
})

/** An image of one program and nothing else: no shell, no rm, no /tmp. */
async function bareImage(t: Test): Promise<string> {
  const image = `recipe-ci-test/bare:${randomBytes(4).toString('hex')}`
  const root = await mkdtemp(join(tmpdir(), 'recipe-ci-bare-'))
  t.teardown(() => rm(root, { recursive: true }))
  t.teardown(() => execa('docker', ['image', 'rm', '-f', image], { reject: false }))
  await copyFile('/bin/busybox', join(root, 'sleep'))
  const tar = execa('tar', ['-C', root, '-c', 'sleep'], { encoding: 'buffer' })
  await tar.pipe('docker', ['import', '-', image])
  return image
}

t.test('an image without a shell is watched as well', async t => {
  const { deploy, canaries } = await canaryKit(t)
  const app = { name: 'app', image: await bareImage(t), run: ['/sleep', '3600'] }
  await deploy({ ...app, volumes: { data: '/data' } })
  const marks = await canaries()
  t.match(marks.report(), [{ where: 'volume "data"', covered: true }])
  t.equal(marks.report().length, 1, 'and not asked for rows')
  const again = await deploy({ ...app, volumes: { data: '/data' }, env: { V: '2' } })
  t.strictSame(verdicts(await marks.survived(again)), [[survived('data'), 'pass']])
  await marks.drop()
})
