import t from 'tap'
import { judgeLint, readLint } from '../../../lib/abra/lint-table.js'

const THICK = `INFO reading
┏━━━━━━┳━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━┳━━━━━━━━━━━┳━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓
┃ REF  ┃ RULE                ┃ SEVERITY ┃ SATISFIED ┃ SKIPPED ┃ RESOLVE         ┃
┣━━━━━━╋━━━━━━━━━━━━━━━━━━━━━╋━━━━━━━━━━╋━━━━━━━━━━━╋━━━━━━━━━╋━━━━━━━━━━━━━━━━━┫
┃ R001 ┃ expected version    ┃ warn     ┃ ✅        ┃ -       ┃ ensure 'version' ┃
┃ R006 ┃ catalogue version   ┃ warn     ┃ ❌        ┃ -       ┃ publish         ┃
┃ R008 ┃ .env.sample         ┃ error    ┃ ✅        ┃ -       ┃ create one      ┃
┃ R010 ┃ traefik routing     ┃ error    ┃ -         ┃ ✅      ┃ include         ┃
┗━━━━━━┻━━━━━━━━━━━━━━━━━━━━━┻━━━━━━━━━━┻━━━━━━━━━━━┻━━━━━━━━━┻━━━━━━━━━━━━━━━━━┛
`
const ASCII = `
+------+-----------+----------+-----------+---------+---------+
| REF  | RULE      | SEVERITY | SATISFIED | SKIPPED | RESOLVE |
+------+-----------+----------+-----------+---------+---------+
| R008 | env       | error    | false     | false   | a | b   |
| R005 | semver    | warn     | no        | no      | tag     |
+------+-----------+----------+-----------+---------+---------+
`
const NARROW = `
│ REF  │ RULE     │ SEVERI… │ SATISF… │ SKIPPED │ RESOLVE │\r
│ R008 │ .env     │ error   │ ✅      │         │ create  │\r
│      │ sample   │         │         │         │ one     │\r
│ R009 │ one      │ error   │ ❌      │         │ name it │\r
`

const BARE = `INFO linting
REF   RULE                 SEVERITY  SATISFIED  SKIPPED  RESOLVE
R008  .env.sample exists   error     ✅          -        create one
R009  one service is app   error     ❌          -        name it
`

const head = '| REF | RULE | SEVERITY | SATISFIED | SKIPPED | RESOLVE |\n'

t.test('a rule is read from the table, however its lines are drawn', async t => {
  t.strictSame(readLint(THICK).rules[2], {
    ref: 'R008',
    about: '.env.sample',
    severity: 'error',
    satisfied: true,
    skipped: false,
  })
  t.match(readLint(THICK).rules[3], { ref: 'R010', satisfied: undefined, skipped: true })
  t.strictSame(
    readLint(ASCII).rules.map(({ ref, satisfied }) => [ref, satisfied]),
    [
      ['R008', false],
      ['R005', false],
    ],
  )
  t.strictSame(
    readLint(NARROW).rules.map(({ ref, about, satisfied }) => [ref, about, satisfied]),
    [
      ['R008', '.env sample', true],
      ['R009', 'one', false],
    ],
  )
})

t.test('only a broken rule of severity error fails the lint', async t => {
  t.match(judgeLint(readLint(ASCII), false), {
    status: 'fail',
    rulesFailed: ['R008'],
    detail: 'R008 env; warning R005 semver',
  })
  t.match(judgeLint(readLint(BARE), false), { status: 'fail', rulesFailed: ['R009'] })
  t.match(judgeLint(readLint(NARROW), false), { status: 'fail', rulesFailed: ['R009'] })
})

t.test('warnings, skipped rules and what an offline lint cannot know leave it green', async t => {
  t.strictSame(judgeLint(readLint(THICK), false), {
    status: 'pass',
    detail: '4 rules; not verified offline: R006',
    rulesFailed: [],
  })
  t.match(judgeLint(readLint(THICK), true).detail, /dirty/)
})

const UNREADABLE: [string, RegExp][] = [
  ['', /could not be read/],
  ['FATA no such recipe', /could not be read/],
  [`${head}| R001 | x | warn | ✅ | - | - |`, /could not be read/],
  [`${head}| R008 | x | error | ? | - | - |`, /could not read R008/],
  [`${head}| R008 | x | error | ✅ | - | - |\n| R009 | a | b | error | ❌ | - | - |`, /R009/],
  [`${head}| R008 | x | error | ✅ | - | - |\n| R009 | cut`, /R009/],
]

t.test('what could not be read is never green', async t => {
  for (const [text, detail] of UNREADABLE) {
    const verdict = judgeLint(readLint(text), false)
    t.equal(verdict.status, 'unver', text)
    t.match(verdict.detail, detail)
  }
})
