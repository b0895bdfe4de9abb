import { readlinkSync } from 'node:fs'
import t from 'tap'
import type { Happening } from '../../../lib/domain/events.js'
import type { Tier } from '../../../lib/domain/tiers.js'
import { domainOf, leftOf, recordOf, startLabRun, tornDown } from '../../support/lab-run.js'
import { SOAK } from '../../support/lives/processes.js'
import { testLab } from '../../support/test-lab.js'
import { makeWorkspace } from '../../support/workspace.js'

/** A real cancel: SIGKILL to the step's shell alone, then the workspace goes, the program in it, and nobody reads. */
const STAGES: Readonly<Partial<Record<Tier, string>>> = {
  install: 'install',
  upgrade: 'install,upgrade',
  backup: 'install,backup',
  restore: 'install,backup,restore',
  custom: 'install,custom',
}
const SHORT: readonly string[] = ['install', 'restore']
const ROWS = Object.entries(STAGES).filter(([tier]) => SOAK || SHORT.includes(tier))

// Each run mostly waits for Swarm.
t.jobs = 2

for (const [row, [tier, stages]] of ROWS.entries()) {
  t.test(
    `a cancel in the middle of ${tier}, workspace and all: torn down and recorded`,
    { buffered: true },
    async t => {
      const lab = await testLab()
      const workspace = makeWorkspace(t)
      const id = `cancel-${tier}`
      const run = startLabRun(lab, tier === 'custom' ? 'notes' : 'kv', {
        id,
        program: ['sh', '-e', workspace.step, 'run'],
        args: ['--pr', String(200 + row), '--stages', stages],
        env: { HOME: workspace.home, ABRA_DIR: lab.abraDir },
        cwd: workspace.src,
      })
      await run.until(happening => happening.type === 'tier.started' && happening.tier === tier)
      t.equal(readlinkSync(`/proc/${pidOf(run.happenings)}/cwd`), '/', 'it has left the workspace')
      run.child.kill('SIGKILL')
      workspace.remove()
      run.child.stdout?.destroy()
      run.child.stderr?.destroy()
      await tornDown(lab, id)
      t.match(recordOf(lab, id), {
        status: 'finished',
        reason: 'terminated',
        exit_code: 143,
        flags: { clean_teardown: true },
      })
      t.strictSame(await leftOf(lab, domainOf(run.happenings)), [])
    },
  )
}

function pidOf(happenings: readonly Happening[]): number {
  const started = happenings.find(({ type }) => type === 'run.started')
  return started?.type === 'run.started' ? started.pid : -1
}
