import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { childEnv } from '../../lib/process/child-env.js'
import { runExecutable } from '../../lib/run/executable.js'
import { realRunner } from '../support/runner.js'

type Asked = {
  readonly mode?: number
  readonly proves?: boolean
  readonly env?: Record<string, string>
}

async function checksOf(t: Test, [name, text]: readonly [string, string], asked: Asked = {}) {
  const dir = t.testdir()
  const path = join(dir, name)
  writeFileSync(path, text)
  chmodSync(path, asked.mode ?? 0o644)
  const { checks } = await runExecutable(await realRunner(), {
    path,
    env: { ...childEnv(process.env, 'hook'), ...asked.env },
    logFile: join(dir, 'log'),
    signal: new AbortController().signal,
    proves: asked.proves ?? true,
  })
  return checks.map(({ status, detail }) => `${status} ${detail}`.trim())
}

t.test('the ending or the run bit chooses what runs a file', async t => {
  t.strictSame(await checksOf(t, ['a.sh', 'exit 0\n']), ['pass'])
  t.strictSame(await checksOf(t, ['a.mjs', 'process.exitCode = 3\n']), ['fail exit code 3'])
  t.strictSame(await checksOf(t, ['a', '#!/bin/sh\necho no browser\nexit 77\n'], { mode: 0o755 }), [
    'skip no browser',
  ])
  t.match(await checksOf(t, ['a.rb', 'exit\n']), [/^unver not run: no run bit/])
})

t.test('tests of node:test are told point by point, whatever Node writes by itself', async t => {
  const told = "process.exitCode = process.execArgv.includes('--test-reporter=tap') ? 0 : 1\n"
  t.strictSame(await checksOf(t, ['a.mjs', told]), ['pass'])
  const skips = "import test from 'node:test'\ntest('logs in', { skip: 'no keycloak' }, () => {})\n"
  t.strictSame(await checksOf(t, ['a.mjs', skips]), ['skip no keycloak'])
})

t.test(
  'a file with nothing to run in it proves nothing, whatever the shell says of it',
  async t => {
    const hollow = ['', '\n\n', '#!/bin/sh\n# curl -f "$BASE_URL"\n']
    for (const text of hollow) {
      const want = ['unver not run: there is nothing to run in it']
      t.strictSame(await checksOf(t, ['a.sh', text]), want)
      t.strictSame(await checksOf(t, ['a', text], { mode: 0o755 }), want)
      t.strictSame(await checksOf(t, ['a.sh', text], { proves: false }), ['pass'])
    }
    t.strictSame(await checksOf(t, ['a.py', '# def test_a():\n#   pass\n']), [
      'unver not run: there is nothing to run in it',
    ])
  },
)

t.test('TAP whose beginning is too long ago is not taken for all of it', async t => {
  const long = 'yes "# a line of a log" | head -c 1300000'
  const began = `echo 'TAP version 14'; echo 1..2; echo 'not ok 1 - data'; ${long}; echo; echo ok 2\n`
  t.match(await checksOf(t, ['a.sh', began]), [/^pass/, /^fail .*only the end of it/, /^fail/])
  t.strictSame(await checksOf(t, ['b.sh', `${long}\n`]), ['pass'])
})

t.test('pytest is read as it is, whatever the shell around asks of it', async t => {
  const text = 'import logging\ndef test_a():\n    logging.error("refused")\n'
  const env = { FORCE_COLOR: '1', PY_COLORS: '1', PYTEST_ADDOPTS: '--color=yes -k nothing' }
  t.strictSame(await checksOf(t, ['a.py', text], { env }), ['pass'])
})

t.test('a test that another one removed verifies nothing, and is no bug of ours', async t => {
  const request = {
    env: childEnv(process.env, 'hook'),
    logFile: join(t.testdir(), 'log'),
    signal: new AbortController().signal,
    proves: true,
  }
  for (const name of ['gone.sh', 'gone.py']) {
    const path = join(t.testdirName, name)
    const { checks } = await runExecutable(await realRunner(), { ...request, path })
    t.match(checks, [{ name, status: 'unver', detail: 'not run: it cannot be read: ENOENT' }])
  }
})
