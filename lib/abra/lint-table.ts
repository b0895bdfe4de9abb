import { cellOf, readTable, type Row } from './table.js'
import { plainText } from './text.js'

/** One rule of `abra recipe lint` and what came of it. */
type LintRule = {
  /** `R008` */
  readonly ref: string
  readonly about: string
  readonly severity: 'error' | 'warn'
  /** Undefined: its cell could not be read. */
  readonly satisfied: boolean | undefined
  readonly skipped: boolean
}

export type LintVerdict = {
  readonly status: 'pass' | 'fail' | 'unver'
  readonly detail: string
  /** Rules of severity error that are broken. */
  readonly rulesFailed: readonly string[]
}

/** These ask the catalogue and the forge, which an offline lint of a clone does not reach. */
const NOT_VERIFIABLE = ['R006', 'R013']
const YES = /^(?:✅|✔️?|✓|☑️?|true|yes)/iu
const NO = /^(?:❌|✗|✘|✖️?|false|no)/iu

export type LintTable = {
  readonly rules: readonly LintRule[]
  /** Rules that are in the output and could not be read. */
  readonly lost: readonly string[]
}

/** Reads the table that lint prints; its exit status says nothing about rules. */
export function readLint(output: string): LintTable {
  const rules = readTable(output).flatMap(ruleOf)
  const shown = [...plainText(output).matchAll(/^\W*(R\d{3})\b/gm)].map(([, ref = '']) => ref)
  const lost = [...new Set(shown)].filter(ref => !rules.some(rule => rule.ref === ref))
  return { rules, lost }
}

function ruleOf(row: Row): LintRule[] {
  const ref = /^R\d{3}$/.exec(cellOf(row, 'ref') ?? '')?.[0]
  const severity = /^(error|warn)/i.exec(cellOf(row, 'severity') ?? '')?.[1]?.toLowerCase()
  if (ref === undefined || severity === undefined) return []
  return [
    {
      ref,
      about: cellOf(row, 'rule') ?? '',
      severity: severity === 'error' ? 'error' : 'warn',
      satisfied: answer(cellOf(row, 'satisfied')),
      skipped: answer(cellOf(row, 'skipped')) === true,
    },
  ]
}

function answer(cell = ''): boolean | undefined {
  if (YES.test(cell)) return true
  return NO.test(cell) ? false : undefined
}

/**
 * The verdict on the rules: only a broken rule of severity error fails it, and only a table with such rules, all of
 * them readable, passes.
 */
export function judgeLint({ rules, lost }: LintTable, dirty: boolean): LintVerdict {
  const errors = rules.filter(({ severity, skipped }) => severity === 'error' && !skipped)
  const broken = errors.filter(({ satisfied }) => satisfied === false)
  const unread = [
    ...lost,
    ...errors.filter(({ satisfied }) => satisfied === undefined).map(({ ref }) => ref),
  ]
  const rulesFailed = broken.map(({ ref }) => ref)
  const notes = [...warnings(rules), ...(dirty ? ['dirty: uncommitted files were linted too'] : [])]
  const detail = (head: string): string => [head, ...notes].join('; ')
  if (broken.length > 0)
    return { status: 'fail', detail: detail(broken.map(said).join('; ')), rulesFailed }
  if (unread.length > 0)
    return { status: 'unver', detail: detail(`could not read ${unread.join(', ')}`), rulesFailed }
  if (errors.length === 0)
    return { status: 'unver', detail: detail('the table of rules could not be read'), rulesFailed }
  return { status: 'pass', detail: detail(`${rules.length} rules`), rulesFailed }
}

function warnings(rules: readonly LintRule[]): string[] {
  const warned = rules.filter(
    ({ severity, satisfied, skipped }) => severity === 'warn' && satisfied === false && !skipped,
  )
  const open = warned.filter(({ ref }) => NOT_VERIFIABLE.includes(ref))
  const real = warned.filter(({ ref }) => !NOT_VERIFIABLE.includes(ref))
  return [
    ...real.map(rule => `warning ${said(rule)}`),
    ...(open.length === 0 ? [] : [`not verified offline: ${refs(open)}`]),
  ]
}

function said({ ref, about }: LintRule): string {
  return about === '' ? ref : `${ref} ${about}`
}

function refs(rules: readonly LintRule[]): string {
  return rules.map(({ ref }) => ref).join(', ')
}
