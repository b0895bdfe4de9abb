import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { compiled, makeInstall } from '../support/lives/install.js'
import { makeCase } from '../support/lives/marked.js'
import {
  childrenOf,
  harnessPid,
  journalOf,
  noted,
  nothingLeft,
  send,
  SOAK,
  start,
  type Started,
} from '../support/lives/processes.js'

const install = await makeInstall(t)
const bashAsSh = join(install.dir, 'sh')
symlinkSync('/bin/bash', bashAsSh)

/** How the CI runner starts the step: SHELL -e FILE, and the file execs `sh bin/step`. */
const SHELLS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  dash: ['dash', '-e'],
  'bash as sh': [bashAsSh, '-e'],
  bash: ['bash', '-e'],
  'busybox ash': ['busybox', 'ash', '-e'],
}

type Step = Started & { readonly journal: string; readonly mark: string }

function startStep(
  t: Test,
  shell: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Step {
  const made = makeCase(t, install.dir)
  const started = start(t, [...shell, install.step, 'run', 'a b'], { ...made.env, ...env })
  return { ...started, ...made }
}

// prettier-ignore
const CASES: readonly {
  readonly law: string
  readonly env: Readonly<Record<string, string>>
  /** What is done to the step and its harness once that runs. */
  readonly then?: (step: Step, harness: number) => void | Promise<void>
  readonly code: number | null
  readonly last?: string
  /** The harness hears of one signal only. */
  readonly once?: true
}[] = [
  { law: 'green is 0', env: { WORK_MS: '0' }, code: 0, last: 'exit 0' },
  { law: 'red is 7', env: { WORK_MS: '0', CODE: '7' }, code: 7, last: 'exit 7' },
  { law: 'any other code is passed on', env: { WORK_MS: '0', CODE: '42' }, code: 42 },
  {
    law: 'a harness that was SIGKILLed is 137', env: {}, code: 137,
    then: (_step, harness) => { send(harness, 'SIGKILL'); },
  },
  {
    law: 'TERM is 143, after teardown', env: { TEARDOWN_MS: '1000' }, code: 143, last: 'exit 143',
    then: step => void step.child.kill('SIGTERM'),
  },
  {
    law: 'INT becomes TERM', env: { TEARDOWN_MS: '200' }, code: 143, last: 'exit 143',
    then: step => void step.child.kill('SIGINT'),
  },
  {
    law: 'HUP becomes TERM', env: { TEARDOWN_MS: '200' }, code: 143, last: 'exit 143',
    then: step => void step.child.kill('SIGHUP'),
  },
  {
    law: 'TERM twice is TERM once', env: { TEARDOWN_MS: '600' }, code: 143, last: 'exit 143', once: true,
    then: async step => {
      step.child.kill('SIGTERM')
      await noted(step.journal, 'teardown began')
      step.child.kill('SIGTERM')
    },
  },
  {
    law: 'TERM to the shell and the harness at once is one teardown', env: { TEARDOWN_MS: '300' }, code: 143, last: 'exit 143',
    then: (step, harness) => {
      step.child.kill('SIGTERM')
      send(harness, 'SIGTERM')
    },
  },
  {
    law: 'TERM during the teardown of a green run changes nothing', env: { WORK_MS: '0', TEARDOWN_MS: '500' }, code: 0, last: 'exit 0',
    then: async step => {
      await noted(step.journal, 'teardown began')
      step.child.kill('SIGTERM')
    },
  },
  {
    law: 'TERM during the teardown of a red run changes nothing', env: { WORK_MS: '0', TEARDOWN_MS: '500', CODE: '7' }, code: 7, last: 'exit 7',
    then: async step => {
      await noted(step.journal, 'teardown began')
      step.child.kill('SIGTERM')
    },
  },
  {
    law: 'a harness that hangs past its deadline is 142, ended by its backstop',
    env: { DEADLINE_MS: '1500', BLOCK_MS: '60000', CHILD: 'sleep 60' }, code: 142, last: 'blocked',
  },
  {
    law: 'an ALRM that came from elsewhere changes nothing', env: { TEARDOWN_MS: '200' }, code: 143, last: 'exit 143',
    then: async step => {
      step.child.kill('SIGALRM')
      await sleep(50)
      step.child.kill('SIGTERM')
    },
  },
  {
    law: 'SIGKILL of the shell: the harness tears down', env: { TEARDOWN_MS: '500' }, code: null, last: 'exit 143',
    then: step => void step.child.kill('SIGKILL'),
  },
]

for (const [name, shell] of Object.entries(SHELLS)) {
  t.test(`the step under ${name}`, async t => {
    await Promise.all(
      CASES.map(async ({ law, env, then, code, last, once }) => {
        const step = startStep(t, shell, { ...env })
        const harness = await harnessPid(step.journal)
        await then?.(step, harness)
        const ended = await step.ended
        // With the shell SIGKILLed nobody waits for the harness: its own journal tells its end.
        const seen =
          code === null ? await noted(step.journal, 'exit ') : journalOf(step.journal).at(-1)
        t.equal(ended.code, code, law)
        if (last !== undefined) t.equal(seen, last, law)
        const heard = journalOf(step.journal).filter(line => line.endsWith('SIGTERM'))
        if (once === true) t.strictSame(heard, ['received SIGTERM'], law)
        await nothingLeft(step.mark)
      }),
    )
  })
}

t.test(
  'whenever TERM comes after the start, the step ends with 143 and leaves nothing',
  async t => {
    const runs = SOAK ? 180 : 8
    for (const [name, shell] of Object.entries(SHELLS)) {
      const codes = new Set<unknown>()
      for (let run = 0; run < runs; run++) {
        const step = startStep(t, shell, {})
        await sleep((run * 90) / runs)
        step.child.kill('SIGTERM')
        const { code, signal } = await step.ended
        // Before its traps stand the shell just dies, and has started nothing.
        codes.add(code ?? signal)
        await nothingLeft(step.mark)
      }
      t.ok(
        [...codes].every(code => code === 143 || code === 'SIGTERM'),
        `${name}: ${[...codes].join(', ')}`,
      )
    }
  },
)

t.test('whenever the step is SIGKILLed, nothing lives on without a teardown', async t => {
  const runs = SOAK ? 180 : 6
  for (const [name, shell] of Object.entries(SHELLS)) {
    const untold: string[] = []
    for (let run = 0; run < runs; run++) {
      const step = startStep(t, shell, {})
      await sleep((run * 90) / runs)
      step.child.kill('SIGKILL')
      await step.ended
      await nothingLeft(step.mark)
      const lines = journalOf(step.journal)
      const began = lines.some(line => line.startsWith('started'))
      if (began && lines.at(-1) !== 'exit 143') untold.push(lines.join(', '))
    }
    t.strictSame(untold, [], name)
  }
})

t.test(
  'a storm of TERM ends the step neither before the teardown nor with another code',
  async t => {
    // One in four was seen to, under bash, as long as the step took a wait's word for the end of the harness.
    const runs = SOAK ? 60 : 12
    const storm = async (shell: readonly [string, ...string[]]) => {
      const step = startStep(t, shell, { WORK_MS: '0', TEARDOWN_MS: '500', CODE: '7' })
      await noted(step.journal, 'teardown began')
      // With no pause: a signal has to meet the first commands of the trap of the one before.
      for (let i = 0; i < 3_000; i++) step.child.kill('SIGTERM')
      const { code } = await step.ended
      await nothingLeft(step.mark)
      return `${String(code)}, ${String(journalOf(step.journal).at(-1))}`
    }
    for (const [name, shell] of Object.entries(SHELLS)) {
      const seen = await Promise.all(Array.from({ length: runs }, () => storm(shell)))
      t.strictSame([...new Set(seen)], ['7, exit 7'], name)
    }
  },
)

t.test('a shell with job control waits for the harness all the same', async t => {
  const { journal, env } = makeCase(t, install.dir)
  // Only on a terminal is there any.
  const argv = ['script', '-qefc', `bash -m -e ${install.step} run`, '/dev/null'] as const
  const step = start(t, argv, { ...env, WORK_MS: '300', CODE: '7' })
  t.strictSame(await step.ended, { code: 7, signal: null })
  t.equal(journalOf(journal).at(-1), 'exit 7')
})

t.test('TERM to the group leaves the commands of a teardown alone, also the second', async t => {
  const child = 'echo began >>"$JOURNAL"; sleep 0.4; echo survived >>"$JOURNAL"'
  const step = startStep(t, ['sh', '-e'], { TEARDOWN_CHILD: child })
  const harness = await harnessPid(step.journal)
  send(-harness, 'SIGTERM')
  await noted(step.journal, 'began')
  send(-harness, 'SIGTERM')
  t.strictSame(await step.ended, { code: 143, signal: null })
  t.ok(journalOf(step.journal).includes('survived'))
  t.ok(journalOf(step.journal).includes('child exited'))
})

t.test('a signal that comes before the harness can hear it is not lost', async t => {
  const dir = t.testdir()
  // What a forked shell is like until it has come to itself: it takes the signal, and nothing happens.
  const deaf =
    '#!/bin/sh\ntrap : TERM\necho deaf >>"$JOURNAL"\nsleep 0.5\ntrap - TERM\nexec "$SETSID" "$@"\n'
  writeFileSync(join(dir, 'setsid'), deaf, { mode: 0o755 })
  const PATH = process.env['PATH'] ?? ''
  const SETSID = PATH.split(':')
    .map(folder => join(folder, 'setsid'))
    .find(path => existsSync(path))
  for (const [name, shell] of Object.entries(SHELLS)) {
    if (name === 'busybox ash') continue // it has a setsid of its own and looks for no other
    const step = startStep(t, shell, { PATH: `${dir}:${PATH}`, SETSID: SETSID ?? '' })
    await noted(step.journal, 'deaf')
    step.child.kill('SIGTERM')
    t.strictSame(await step.ended, { code: 143, signal: null }, name)
    await nothingLeft(step.mark)
  }
})

t.test('a step that is SIGKILLed before its harness has begun starts none', async t => {
  const dir = t.testdir()
  // Comes to itself only when the step is dead, and has been adopted by something that is not pid 1.
  const late =
    '#!/bin/sh\nstep=$PPID\necho late >>"$JOURNAL"\nwhile kill -0 "$step" 2>/dev/null; do sleep 0.01; done\nexec "$SETSID" "$@"\n'
  writeFileSync(join(dir, 'setsid'), late, { mode: 0o755 })
  const PATH = process.env['PATH'] ?? ''
  const SETSID = PATH.split(':')
    .map(folder => join(folder, 'setsid'))
    .find(path => existsSync(path))
  const subreaper = await compiled('tests/support/lives/subreaper.c')
  const { mark, journal, env } = makeCase(t, install.dir)
  const more = { PATH: `${dir}:${PATH}`, SETSID: SETSID ?? '', WORK_MS: '0' }
  const adopter = start(t, [subreaper, 'sh', '-e', install.step, 'run'], { ...env, ...more })
  await noted(journal, 'late')
  send(childrenOf(adopter.pid)[0] ?? -1, 'SIGKILL')
  await nothingLeft(mark)
  await adopter.read
  t.strictSame(journalOf(journal), ['late'], 'Node was never started')
  t.match(adopter.output(), /Cannot run without the process that started this/)
})

t.test('the harness gets the words as they are', async t => {
  const step = startStep(t, ['sh', '-e'], { WORK_MS: '0' })
  await step.ended
  t.equal((await noted(step.journal, 'started ')).replace(/^started \d+ /, ''), '["run","a b"]')
})

t.test('which harness runs', async t => {
  const dir = t.testdir({ bin: {}, path: {} })
  const say = (where: string, word: string): string => {
    mkdirSync(join(where, '..'), { recursive: true })
    writeFileSync(where, `#!/bin/sh\necho ${word}\n`, { mode: 0o755 })
    return where
  }
  const PATH = `${join(dir, 'path')}:${process.env['PATH'] ?? ''}`
  const run = async (env: Readonly<Record<string, string>>) => {
    const step = start(t, ['sh', '-e', join(dir, 'bin/step')], { PATH, ...env })
    const { code } = await step.ended
    await step.read
    return `${String(code)} ${step.output()}`
  }
  copyFileSync(install.step, join(dir, 'bin/step'))

  t.match(
    await run({}),
    /^1 step: Cannot find recipe-ci.*\nstep: Run "npm ci"/,
    'none: says how to get one',
  )
  say(join(dir, 'path/recipe-ci'), 'from PATH')
  t.equal(await run({}), '0 from PATH\n')
  say(join(dir, 'bin/recipe-ci'), 'sibling')
  t.equal(await run({}), '0 from PATH\n', 'a sibling that was never built is passed over')
  say(join(dir, 'dist/lib/cli/main.js'), 'built')
  t.equal(await run({}), '0 sibling\n')
  const named = say(join(dir, 'named'), 'RECIPE_CI_BIN')
  t.equal(await run({ RECIPE_CI_BIN: named }), '0 RECIPE_CI_BIN\n')
  t.equal(await run({ RECIPE_CI_BIN: '' }), '0 sibling\n', 'empty is not given')
  t.match(
    await run({ RECIPE_CI_BIN: '/nowhere' }),
    /^1 step: Cannot use RECIPE_CI_BIN: "\/nowhere"/,
  )
})
