import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { makeInstall } from '../support/lives/install.js'
import { makeCase, type Case } from '../support/lives/marked.js'
import { journalOf, plainEnv, start } from '../support/lives/processes.js'

const install = await makeInstall(t)
const { PATH = '' } = plainEnv()

type Ran = Case & {
  readonly code: number | null
  readonly pid: number
  readonly output: string
}

async function run(
  t: Test,
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const made = makeCase(t, install.dir)
  const started = start(t, argv, { ...made.env, WORK_MS: '0', ...env })
  const { code } = await started.ended
  await started.read
  return { ...made, code, pid: started.pid, output: started.output() }
}

/** A PATH with only these programs on it. */
function pathOf(t: Test, names: readonly string[]): string {
  const dir = t.testdir({})
  for (const name of names) {
    const found = PATH.split(':')
      .map(folder => join(folder, name))
      .find(path => existsSync(path))
    symlinkSync(found ?? name, join(dir, name))
  }
  return dir
}

t.test('the launcher becomes Node: same pid, same status', async t => {
  const { code, pid, journal } = await run(t, [install.launcher, 'run'], { CODE: '7' })
  t.equal(code, 7)
  t.match(journalOf(journal)[0], new RegExp(`^started ${pid} `))
})

t.test('it works under every shell', async t => {
  const shells = [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'ash'], ['dash', '-eu']]
  for (const shell of shells) {
    const { code } = await run(t, ['env', ...shell, install.launcher, 'run'], { CODE: '7' })
    t.equal(code, 7, shell.join(' '))
  }
})

t.test('it is found through links and from any folder', async t => {
  const dir = t.testdir({ bin: {}, deep: {} })
  symlinkSync(install.launcher, join(dir, 'bin/absolute'))
  symlinkSync('absolute', join(dir, 'bin/chain'))
  symlinkSync('../bin/chain', join(dir, 'deep/relative'))
  symlinkSync(install.dir, join(dir, 'folder'))
  // prettier-ignore
  const ways: readonly (readonly [string, ...string[]])[] = [
    [join(dir, 'bin/absolute')],
    [join(dir, 'bin/chain')],
    [join(dir, 'deep/relative')],
    [join(dir, 'folder/bin/recipe-ci')],
    ['env', `PATH=${dir}/bin:${PATH}`, 'chain'],
    ['sh', '-c', `cd ${install.dir}/bin && exec ./recipe-ci run`],
    ['sh', '-c', `cd ${install.dir}/bin && exec sh recipe-ci run`],
    ['sh', '-c', `cd ${dir}/deep && exec ./relative run`],
    ['sh', '-c', `cd ${dir} && exec sh -c 'exec bin/chain run'`],
  ]
  for (const way of ways) t.equal((await run(t, way, { CODE: '7' })).code, 7, way.join(' '))
})

t.test('words arrive as they are', async t => {
  const words = ['run', 'a b', '', '$HOME', '`id`', "it's", '--', '--detached', 'ü', '*']
  const { journal } = await run(t, [install.launcher, ...words])
  t.equal(journalOf(journal)[0]?.replace(/^started \d+ /, ''), JSON.stringify(words))
})

t.test('nothing in the environment runs code of others in the harness', async t => {
  const evil = join(t.testdir({ 'evil.cjs': 'console.log("evil")' }), 'evil.cjs')
  const { code, output } = await run(t, [install.launcher, 'run'], {
    NODE_OPTIONS: `--require ${evil}`,
    NODE_CHANNEL_FD: '3',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    CODE: '7',
  })
  t.equal(code, 7)
  t.notMatch(output, /evil|NODE_TLS/)
})

t.test('a checkout that was never built says how to build it', async t => {
  const main = join(install.dir, 'dist/lib/cli/main.js')
  renameSync(main, `${main}.away`)
  t.teardown(() => {
    renameSync(`${main}.away`, main)
  })
  const { code, output } = await run(t, [install.launcher, 'run'])
  t.equal(code, 1)
  t.match(output, /^recipe-ci: Cannot start: ".*" was never built\nrecipe-ci: Run "npm ci"/)
})

t.test('without Node there is one clear message, and never 127', async t => {
  const { code, output } = await run(t, [install.launcher], { PATH: pathOf(t, ['sh']) })
  t.equal(code, 1)
  t.match(output, /^recipe-ci: Cannot find "node"/)
})

t.test('the helper', async t => {
  const away = `${install.guard}.away`
  renameSync(install.guard, away)
  t.teardown(() => {
    renameSync(away, install.guard)
  })

  await t.test('is the one that RECIPE_CI_GUARD names', async t => {
    const { code, output } = await run(t, [install.launcher], { RECIPE_CI_GUARD: away, CODE: '7' })
    t.equal(code, 7)
    t.notMatch(output, /recipe-ci:/)
  })

  await t.test('and a wrong name there is refused', async t => {
    for (const wrong of ['/nowhere', install.dir, install.launcher.replace('recipe-ci', '')]) {
      const { code, output } = await run(t, [install.launcher], { RECIPE_CI_GUARD: wrong })
      t.equal(code, 1)
      t.match(output, /Cannot use RECIPE_CI_GUARD: ".*" is no executable/)
    }
  })

  await t.test('has setpriv as stand-in, which is said', async t => {
    const { code, output, journal } = await run(t, [install.launcher], { CODE: '7' })
    t.equal(code, 7)
    t.match(output, /^recipe-ci: the native helper was not built; setpriv stands in/)
    t.ok(journalOf(journal).includes('exit 7'))
  })

  await t.test('or nothing starts, and the fix is named', async t => {
    for (const programs of [
      ['sh', 'node'],
      ['sh', 'node', 'busybox'],
    ]) {
      const dir = pathOf(t, programs)
      if (programs.includes('busybox')) {
        mkdirSync(join(dir, 'more'))
        writeFileSync(join(dir, 'more/setpriv'), '#!/bin/sh\nexec busybox setpriv "$@"\n', {
          mode: 0o755,
        })
      }
      const { code, output } = await run(t, [install.launcher], { PATH: `${dir}:${dir}/more` })
      t.equal(code, 1, programs.join(' '))
      t.match(output, /Cannot find the native helper.*\nrecipe-ci: Run "npm rebuild recipe-ci"/)
    }
  })
})

t.test('a supervisor that is no process id is refused', async t => {
  const { code, output } = await run(t, [install.launcher], { RECIPE_CI_SUPERVISOR: '1; id' })
  t.equal(code, 1)
  t.match(output, /Cannot use RECIPE_CI_SUPERVISOR: "1; id" is no process id/)
})
