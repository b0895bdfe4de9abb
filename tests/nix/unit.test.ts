import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import t, { type Test } from 'tap'
import { evaluateHost, needNix, type Unit } from '../support/nix.js'

await needNix()

/** The unit's text as NixOS would write it, with programs that are there. */
function textOf(unit: Unit): string {
  const service = { ...unit.serviceConfig, ExecStart: '/bin/true', ExecStartPre: '/bin/true' }
  const list = (key: string, values: readonly string[]) => `${key}=${values.join(' ')}`
  const environment = Object.entries({ ...unit.environment, PATH: '/bin' })
  return [
    '[Unit]',
    `Description=${unit.description}`,
    list('After', unit.after),
    list('Requires', unit.requires),
    list('Wants', unit.wants),
    '[Service]',
    ...environment.map(([name, value]) => `Environment="${name}=${value}"`),
    ...Object.entries(service).map(([key, value]) => `${key}=${value}`),
    '[Install]',
    list('WantedBy', unit.wantedBy),
    '',
  ].join('\n')
}

/** What systemd has to say about a unit's text: nothing, when all is well. It exits with 0 whatever it says. */
async function complaints(t: Test, text: string): Promise<string> {
  const dir = t.testdir({
    'docker.service': '[Service]\nExecStart=/bin/true\n',
    'network-online.target': '[Unit]\n',
    'multi-user.target': '[Unit]\n',
  })
  const file = join(dir, 'drone-runner-exec.service')
  writeFileSync(file, text)
  // The folder's own units come first; those of the machine stand behind.
  const env = { SYSTEMD_UNIT_PATH: `${dir}:`, SYSTEMD_LOG_LEVEL: 'warning' }
  return (await execa('systemd-analyze', ['verify', '--man=no', file], { env, all: true })).all
}

const { value } = await evaluateHost()
if (value === undefined) throw new Error('the modules do not evaluate')
const text = textOf(value.unit)

t.test('systemd understands every line of the unit', async t => {
  t.equal(await complaints(t, text), '')
})

t.test('a value or a key that systemd does not know would be seen', async t => {
  for (const [right, wrong] of [
    ['KillMode=control-group', 'KillMode=control-grope'],
    ['OOMPolicy=continue', 'OOMPolice=continue'],
    ['TimeoutStopSec=660', 'TimeoutStopSec=ten minutes'],
  ] as const) {
    t.match(text, right)
    t.not(await complaints(t, text.replace(right, wrong)), '', wrong)
  }
})
