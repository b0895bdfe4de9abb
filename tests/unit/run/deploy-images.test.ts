import t from 'tap'
import type { Cause } from '../../../lib/domain/cause.js'
import type { CommitId } from '../../../lib/domain/names.js'
import { freshProgress, type Bench } from '../../../lib/run/bench.js'
import { deploy } from '../../../lib/run/deploy.js'
import { createPhases } from '../../../lib/run/phases.js'
import type { TierFacts, TierPorts } from '../../../lib/run/ports.js'
import { app } from '../../support/tier-bench.js'

const cause = (image: string): Cause => ({
  class: 'image_missing',
  sentence: `Image "${image}" cannot be pulled`,
  evidence: '',
  fix: '',
})

/** A bench whose pull of one image failed, and whose deploy abra refuses: how far a deploy came. */
function benchOf(images: readonly string[], steps: string[]): Bench {
  const step = (name: string) => async () => void steps.push(name)
  const emit = () => undefined
  const deployed = { ok: false, ms: 1, said: 'refused here', ended: 'exited', output: '' } as const
  const ports: Partial<TierPorts> = {
    emit,
    phases: createPhases(emit, () => 0),
    signal: new AbortController().signal,
    reached: () => undefined,
    checkout: step('checkout'),
    setEnv: step('env'),
    placeOverlay: step('overlay'),
    composeMeant: async () => {
      steps.push('read')
      return { services: ['app'], images }
    },
    watch: async () => ({ before: [], [Symbol.asyncDispose]: async () => undefined }) as never,
    abra: { deploy: async () => deployed } as unknown as TierPorts['abra'],
  }
  const missingImages = new Map([['reg/gone:1', cause('reg/gone:1')]])
  const facts = { app, missingImages } as Partial<TierFacts> as TierFacts
  return { facts, ports: ports as TierPorts, progress: freshProgress() }
}

const commit = 'a'.repeat(40) as CommitId
const ROWS: [string, string[], string][] = [
  ['one that the deployed files name refuses the deploy', ['app:1', 'reg/gone:1'], 'images'],
  ['one that they do not name is none of its business', ['reg/there:1'], 'deploy'],
  ['where they cannot be read, the deploy is tried', [], 'deploy'],
]
for (const [law, images, wanted] of ROWS) {
  t.test(`an image that could not be had: ${law}`, async t => {
    const steps: string[] = []
    const checks = await deploy(benchOf(images, steps), { op: 'install', commit, env: {} })
    t.match(checks, [{ name: wanted, status: 'fail' }])
    t.strictSame(steps, ['checkout', 'env', 'overlay', 'read'], 'as they are deployed')
  })
}
