import type { Check } from '../domain/check.js'
import { NOT_DONE_YET } from './needed-dependency.js'

type Ran = {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

/** Above it stands whatever the tests printed and logged, in any words. */
const SUMMARY = /^=+ short test summary info =+$/
/** A subtest's has SUB before, and what it is called behind: `SUBFAILED[admin] (n=1) test_a.py::test_login - …`. */
const ROW = /^(?:SUB)?(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)(?:\[.*?\])?(?: ?\(.*?\))?\s+(.*)$/
/** pytest's exit code for "no tests were collected". */
const NONE_COLLECTED = 5

// prettier-ignore
const STATUS: Readonly<Record<string, Check['status']>> = {
  PASSED: 'pass', XPASS: 'pass', FAILED: 'fail', ERROR: 'fail', SKIPPED: 'skip', XFAIL: 'skip',
}

/**
 * Reads the short summary that `pytest -rA` prints, one check for each test. A run that exits 0 without a single
 * row has verified nothing; a host without pytest has not either.
 */
export function readPytest(file: string, ran: Ran): readonly Check[] {
  if (ran.exitCode !== 0 && ran.stderr.includes('No module named pytest'))
    return [{ name: file, status: 'unver', ms: ran.ms, detail: 'not run: pytest is not installed' }]
  const lines = ran.stdout.split('\n')
  const start = lines.findLastIndex(line => SUMMARY.test(line))
  const rows = lines.slice(start < 0 ? lines.length : start).flatMap(line => rowCheck(file, line))
  if (ran.exitCode === NONE_COLLECTED || (ran.exitCode === 0 && rows.length === 0))
    return [{ name: file, status: 'unver', ms: ran.ms, detail: 'pytest collected no test' }]
  if (ran.exitCode !== 0 && rows.every(check => check.status !== 'fail'))
    return [
      ...rows,
      {
        name: file,
        status: 'fail',
        ms: ran.ms,
        detail: `pytest exit code ${ran.exitCode ?? 'none'}`,
      },
    ]
  return rows
}

function rowCheck(file: string, line: string): Check[] {
  const [, kind = '', said = ''] = ROW.exec(line) ?? []
  const status = STATUS[kind]
  if (status === undefined) return []
  const [what = '', ...why] = said.split(' - ')
  const test = what.split('::').slice(1).join('::') || what
  return [
    { name: `${file}: ${test}`, status, ms: 0, detail: detailOf(kind, said, why.join(' - ')) },
  ]
}

function detailOf(kind: string, said: string, why: string): string {
  if (STATUS[kind] === 'pass') return ''
  if (kind === 'XFAIL') return `${NOT_DONE_YET}${why || 'no reason given'}`
  // Such a row names a place in place of a test: all of it is the reason, whatever dashes it has.
  return kind === 'SKIPPED' || why === '' ? said : why
}
