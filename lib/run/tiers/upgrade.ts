import type { Check } from '../../domain/check.js'
import { generic, type Bench, type TierAct } from '../bench.js'
import { deploy } from '../deploy.js'
import { commitCheck, movedCheck, runsCommit, type Identity } from '../identity.js'
import { isBad } from '../ledger.js'
import { outlastOldRoutes } from '../old-routes.js'
import { serve } from '../serve.js'
import { watchData } from '../watched-data.js'

/** Deploys the head over the base, in place, and proves that it moved, serves and lost nothing. */
export const upgrade: TierAct = async (bench, ledger) => {
  const { facts, ports, progress } = bench
  const before = progress.identity
  const op = { name: 'upgrade', before, after: { commit: facts.head }, snapshotId: null }
  if (!ledger.add(baseCheck(bench, before))) return undefined
  if (!ledger.add(await watchData(bench))) return undefined
  if (!ledger.add(await ports.hooks.hook('pre_upgrade', op))) return undefined
  progress.baseIdentity = before
  const services = progress.services
  progress.serving = false
  // The rest stands in the env file: to write it again would undo what the recipe's own hook and steps made of it.
  const env = facts.meta.upgradeExtraEnv
  if (!ledger.add(await deploy(bench, { op: 'upgrade', commit: facts.head, env }))) {
    progress.serving = await stillServes(bench)
    return undefined
  }
  await generic(bench, ledger, async () => {
    await outlastOldRoutes(bench, services)
    return proofs(bench, before)
  })
  ledger.addOnTop(await ports.hooks.tests('upgrade', op))
  return undefined
}

async function proofs(bench: Bench, before: Identity | undefined): Promise<readonly Check[]> {
  const { facts, progress } = bench
  const after = progress.identity
  const serving = await serve(bench)
  const survived = (await progress.canaries?.survived(progress.services)) ?? []
  const moved = before && after ? [movedCheck(before, after)] : []
  const { head: commit, headVersion: version, headServices: services } = facts
  const meant = { commit, version, services, before }
  const identity = after ? [commitCheck(after, meant)] : []
  return [...identity, ...moved, ...serving, ...survived]
}

// A "base" that runs the head would make the upgrade prove nothing.
function baseCheck({ facts }: Bench, before: Identity | undefined): readonly Check[] {
  if (before === undefined || !isHead(before, facts)) return []
  const sentence = 'The base that was deployed turned out to run the head already'
  return [
    {
      name: 'base is not the head',
      status: 'unver',
      ms: 0,
      detail: sentence,
      cause: {
        class: 'not_verified',
        sentence,
        evidence: `chaos-version ${before.chaosVersion ?? ''}`,
        fix: 'Check that abra deploys the checkout it is given',
      },
    },
  ]
}

// Over the commit of the base, uncommitted files alone are the head: their version tells the two apart.
function isHead(identity: Identity, { base, head, headVersion }: Bench['facts']): boolean {
  if (base?.commit === head) return identity.version === headVersion
  return runsCommit(identity, head)
}

const STILL_SERVES_MS = 5_000

async function stillServes({ facts, ports }: Bench): Promise<boolean> {
  const meta = { ...facts.meta, httpTimeoutMs: STILL_SERVES_MS, readyProbe: [] }
  return !(await ports.serving(facts.app, meta, { quiet: true })).some(isBad)
}
