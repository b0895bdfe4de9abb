import type { Results, StageRow } from '../domain/results.js'
import { TIERS, type Status } from '../domain/tiers.js'
import { KIND_OF, MARKS } from './line.js'
import type { Paint } from './paint.js'
import { boundedLines, duration, plural } from './wording.js'

/** What the last block says besides the results. */
export type SummaryContext = {
  /** Where the record lies. */
  readonly runDir: string | null
  /** A command that does the same once more. */
  readonly rerun: string | undefined
}

type Painted = SummaryContext & { readonly paint: Paint }

const HEADLINE: Readonly<Record<number, string>> = { 0: 'GREEN', 7: 'RED', 1: 'COULD NOT TEST' }
const COLOUR_OF = { pass: 'good', fail: 'bad', skip: 'dim', unver: 'odd' } as const
const WIDTH = 300

/** The closing block: what was proven, what was not, why, where the record lies, how to run it again. */
export function summary(results: Results, context: Painted): readonly string[] {
  return [
    '',
    headline(results, context.paint),
    '',
    ...TIERS.flatMap(tier => stageLine(results, tier, context.paint)),
    row({ ...results.lint, name: 'lint' }, context.paint),
    teardownRow(results, context.paint),
    ...canaryLine(results),
    ...causeLines(results, context.paint),
    '',
    ...results.warnings.slice(0, 5).flatMap(text => fact('warning', text)),
    ...(context.runDir === null ? [] : fact('record', `${context.runDir} (results.json, log.txt)`)),
    ...(context.rerun === undefined ? [] : fact('again', context.rerun)),
  ]
}

function headline(results: Results, paint: Paint): string {
  const { exit_code: code, reason, level, recipe, version, started, finished } = results
  const word = HEADLINE[code ?? 1] ?? (reason ?? 'ended').toUpperCase()
  const color = code === 0 ? paint.good : code === 7 ? paint.bad : paint.odd
  const name = version === null ? recipe : `${recipe} ${version}`
  const took = finished === null ? '' : `, ${duration((finished - started) * 1000)}`
  return `${color(paint.strong(word))}  ${name}, level ${level} of 5, exit ${code ?? 'none'}${took}`
}

function stageLine(results: Results, tier: StageRow['name'], paint: Paint): readonly string[] {
  const stage = results.stages.find(({ name }) => name === tier)
  if (stage === undefined) return [`  ${paint.dim('·')} ${tier.padEnd(9)} not requested`]
  const made = stage.tests.length === 0 ? '' : `${duration(stage.ms)}, ${counted(stage)}`
  const why = stage.status === 'pass' ? made : [stage.reason, made].filter(Boolean).join('; ')
  return [row({ status: stage.status, name: tier, detail: why }, paint)]
}

function counted({ tests }: StageRow): string {
  const passed = tests.filter(({ status }) => status === 'pass').length
  return passed === tests.length
    ? plural(passed, 'check')
    : `${passed} of ${plural(tests.length, 'check')} passed`
}

type Row = { readonly status: Status; readonly name: string; readonly detail: string }

function row({ status, name, detail }: Row, paint: Paint): string {
  const color = paint[COLOUR_OF[status]]
  const [first = ''] = boundedLines(detail, 1, WIDTH)
  return `  ${color(MARKS[KIND_OF[status]])} ${name.padEnd(9)} ${color(status.padEnd(6))} ${first}`.trimEnd()
}

function teardownRow({ flags, kept_until }: Results, paint: Paint): string {
  const teardown = (status: Status, detail: string) =>
    row({ status, name: 'teardown', detail }, paint)
  if (kept_until !== undefined)
    return teardown('skip', `kept until ${new Date(kept_until * 1000).toISOString()}`)
  const { clean_teardown: clean } = flags
  if (clean === true) return teardown('pass', 'nothing left behind')
  return clean === null
    ? teardown('unver', 'no app was created, or nothing proved it gone')
    : teardown('fail', 'something was left behind: run "recipe-ci janitor"')
}

function canaryLine({ canaries }: Results): readonly string[] {
  if (canaries.length === 0) return []
  const covered = canaries.filter(one => one.covered).length
  const rest = canaries.length - covered
  const missing = rest === 0 ? '' : `, ${rest} not covered`
  return ['', ...fact('data', `${covered} of our marks in the data were watched${missing}`)]
}

function causeLines({ cause }: Results, paint: Paint): readonly string[] {
  if (cause === null) return []
  return [
    '',
    ...fact('cause', `${cause.sentence} (${cause.class})`).map(text => paint.strong(text)),
    ...fact('evidence', cause.evidence),
    ...fact('fix', cause.fix),
  ]
}

function fact(name: string, text: string): readonly string[] {
  const [first = '', ...rest] = boundedLines(text, 6, WIDTH)
  return [`  ${name.padEnd(9)} ${first}`, ...rest.map(more => `  ${' '.repeat(9)} ${more}`)]
}
