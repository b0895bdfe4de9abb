import { behaviour } from '../behaviours.mjs'
import { warn } from '../log.mjs'
import { ensureReady } from '../recipe/ensure.mjs'
import { applyRules } from '../recipe/lint-rules.mjs'
import { checkoutMain, ensureExists } from '../recipe/tree.mjs'
import { printTable } from '../terminal.mjs'

const HEADINGS = ['ref', 'rule', 'severity', 'satisfied', 'skipped', 'resolve']

/** The exit status says nothing about broken rules: only the table does. */
export async function lint({ args: [recipe], flags }) {
  if (behaviour('LINT_TREE') === 'tree') await ensureExists(recipe)
  else {
    await ensureReady(recipe, flags)
    if (!flags.chaos) await checkoutMain(recipe)
  }
  const rows = (await applyRules(recipe)).filter(
    row => !flags.onlyError || row.severity === 'error',
  )
  printTable(HEADINGS, rows.map(cells))
  if (rows.some(row => row.severity === 'error' && !row.isSatisfied && !row.isSkipped)) {
    warn(`critical errors present in ${recipe} config`)
  }
}

const cells = row => [
  row.ref,
  row.about,
  row.severity,
  row.isSkipped ? '-' : row.isSatisfied ? '✅' : '❌',
  row.isSkipped ? '✅' : '-',
  row.resolve,
]
