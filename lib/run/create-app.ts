import type { Check } from '../domain/check.js'
import type { Bench } from './bench.js'
import { deployFailure } from './deploy-failure.js'
import { isBad } from './ledger.js'
import type { AbraAnswer } from './ports.js'

/**
 * Creates the app, not deployed yet: counted first, so that even a killed `app new` counts; then its environment
 * (no certificate resolver, so no ACME traffic), its secrets while no untracked file is in the tree, and the recipe's
 * own install steps.
 */
export async function createApp(bench: Bench): Promise<readonly Check[]> {
  const { facts, ports } = bench
  const { app } = facts
  const { reached } = ports
  const what = facts.base ? 'base' : 'head'
  // The env file is made from the sample of what is checked out, where abra leaves the tree alone.
  await ports.checkout(app, what)
  await ports.countDeploy()
  reached('app.counted')
  const made = await ports.abra.appNew(app, () => {
    reached('app.sent')
  })
  reached('app.created')
  ports.signal.throwIfAborted()
  if (!made.ok) return [step('app new', made)]
  const extra = await ports.hooks.extraEnv()
  if (extra.checks.some(isBad)) return [step('app new', made), ...extra.checks]
  await ports.setEnv(app, { LETS_ENCRYPT_ENV: '', ...facts.meta.extraEnv, ...extra.env })
  reached('env.shaped')
  await ports.checkout(app, what)
  const secrets = await ports.abra.secretGenerate(app, () => {
    reached('secrets.sent')
  })
  reached('secrets.generated')
  ports.signal.throwIfAborted()
  const checks = [step('app new', made), step('secret generate', secrets), ...extra.checks]
  if (checks.some(isBad)) return checks
  return [...checks, ...(await ports.hooks.installSteps())]
}

function step(verb: string, answer: AbraAnswer): Check {
  if (answer.ok) return { name: verb, status: 'pass', ms: answer.ms, detail: '' }
  const otherwise = verb === 'secret generate' ? 'secret_missing' : 'not_converged'
  const cause = deployFailure(verb, answer, otherwise)
  return { name: verb, status: 'fail', ms: answer.ms, detail: cause.sentence, cause }
}
