import type { TierAct } from '../bench.js'

/** Runs the recipe's custom tests against the app as the tiers before left it. */
export const custom: TierAct = async ({ ports }, ledger) => {
  const checks = await ports.hooks.tests('custom', null)
  ledger.add(checks)
  return checks.length === 0 ? 'the recipe has no custom tests' : undefined
}
