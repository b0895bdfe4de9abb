import { generic, type TierAct } from '../bench.js'
import { createApp } from '../create-app.js'
import { deploy } from '../deploy.js'
import { commitCheck } from '../identity.js'
import { serve } from '../serve.js'

/** Creates and deploys the app (the base when there is one, else the target) and proves that it serves. */
export const install: TierAct = async (bench, ledger) => {
  const { facts, ports, progress } = bench
  const target = facts.base ?? { commit: facts.head, version: facts.headVersion }
  const { commit } = target
  const op = { name: 'install', before: null, after: { commit }, snapshotId: null }
  if (!ledger.add(await ports.phases.in('create', () => createApp(bench)))) return undefined
  if (!ledger.add(await ports.hooks.hook('pre_install', op))) return undefined
  if (!ledger.add(await deploy(bench, { op: 'install', commit, env: {} }))) return undefined
  const identity = progress.identity
  await generic(bench, ledger, async () => [
    ...(identity ? [commitCheck(identity, { ...target, services: [] })] : []),
    ...(await serve(bench)),
  ])
  ledger.addOnTop(await ports.hooks.tests('install', op))
  return undefined
}
