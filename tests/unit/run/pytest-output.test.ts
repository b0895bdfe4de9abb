import t from 'tap'
import { readPytest } from '../../../lib/run/pytest-output.js'

const HEADER = '=========================== short test summary info ============================'
const read = (stdout: string, exitCode = 0, stderr = '') =>
  readPytest('test_a.py', { exitCode, stdout, stderr, ms: 1 }).map(({ name, status }) => [
    name,
    status,
  ])

t.test('each row of the summary is a check', async t => {
  const rows = [
    'PASSED test_a.py::test_one',
    'FAILED test_a.py::test_two - assert 1 == 2',
    'ERROR test_a.py::test_three - fixture',
    'SKIPPED [1] test_a.py:3: no browser',
    'XFAIL test_a.py::test_four - later',
  ]
  t.strictSame(
    read(`${HEADER}\n${rows.join('\n')}\n`, 1).map(([, status]) => status),
    ['pass', 'fail', 'fail', 'skip', 'skip'],
  )
})

t.test('what a test printed or logged above the summary is no row', async t => {
  const said = [
    '=== PASSES ===',
    'FAILED to connect, trying again',
    HEADER,
    'FAILED test_a.py::test_zero - told by the test itself',
    'ERROR    root:test_log.py:3 first try refused',
    'PASSED nothing',
  ]
  const text = `${said.join('\n')}\n${HEADER}\nPASSED test_a.py::test_one\n1 passed in 0.01s\n`
  t.strictSame(read(text), [['test_a.py: test_one', 'pass']])
})

t.test('without a row nothing is verified', async t => {
  t.strictSame(read('PASSED to the log\n'), [['test_a.py', 'unver']])
  t.strictSame(read('no tests ran\n', 5), [['test_a.py', 'unver']])
  t.strictSame(read('', 1, 'No module named pytest'), [['test_a.py', 'unver']])
})

t.test('an exit code that no row explains fails', async t => {
  t.strictSame(read(`${HEADER}\nPASSED test_a.py::test_one\n`, 2), [
    ['test_a.py: test_one', 'pass'],
    ['test_a.py', 'fail'],
  ])
})

t.test('subtests have rows of their own', async t => {
  const rows = [
    'PASSED test_a.py::test_login',
    'SUBSKIPPED[admin] (n=1) [2] test_a.py:5: keycloak is not ready',
    'SUBFAILED[x] test_a.py::test_f - assert 1 == 2',
    'SUBXFAIL(n=3) test_a.py::test_x - later',
  ]
  t.strictSame(
    read(`${HEADER}\n${rows.join('\n')}\n`, 1).map(([, status]) => status),
    ['pass', 'skip', 'fail', 'skip'],
  )
})

t.test('the reason of a skip is all that was said; one of a known failure says that', async t => {
  const rows = [
    'SKIPPED [1] test_a.py:3: keycloak - not there',
    'XFAIL test_a.py::test_four - later',
  ]
  const stdout = `${HEADER}\n${rows.join('\n')}\n`
  t.match(readPytest('test_a.py', { exitCode: 0, stdout, stderr: '', ms: 1 }), [
    { detail: '[1] test_a.py:3: keycloak - not there' },
    { detail: 'not done yet: later' },
  ])
})
