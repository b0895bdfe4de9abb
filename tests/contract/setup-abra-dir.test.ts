import { execFile } from 'node:child_process'
import { lstatSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { setupAbraDir } from '../../lib/commands/setup-abra-dir.js'
import type { RunId } from '../../lib/domain/names.js'
import type { HostConfig } from '../../lib/domain/request.js'
import { RunLock } from '../../lib/lock/run-lock.js'

t.test('a shell that evaluates the printed line has ABRA_DIR, whatever is in the path', async t => {
  const dir = t.testdir({ abra: { servers: {}, catalogue: {} } })
  for (const name of ['plain', 'two words', "it's; $(touch x)", '"`id`"', 'back\\slash']) {
    const lines: string[] = []
    const config = { runsDir: join(dir, name), abraDir: join(dir, 'abra') } as HostConfig
    const runId = 'manual-1' as RunId
    await setupAbraDir({ runId, config }, { print: line => lines.push(line) })
    const script = `${lines.join('\n')}\nprintf %s "$ABRA_DIR"`
    const { stdout } = await promisify(execFile)('sh', ['-c', script])
    t.equal(stdout, join(dir, name, 'manual-1', 'abra'))
    t.strictSame(readdirSync(stdout).sort(), ['catalogue', 'recipes', 'servers'])
    t.ok(lstatSync(join(stdout, 'servers')).isSymbolicLink())
  }
})

t.test('a folder that cannot be written is a fault that names it', async t => {
  const dir = t.testdir()
  writeFileSync(join(dir, 'file'), '')
  const config = { runsDir: join(dir, 'file'), abraDir: join(dir, 'abra') } as HostConfig
  await t.rejects(setupAbraDir({ runId: 'x' as RunId, config }, { print: () => undefined }), {
    code: 'RCI_ABSENT',
    message: /Cannot build ".*file\/x\/abra": /,
  })
})

t.test('the abra folder of a run that lives stays its own', async t => {
  const dir = t.testdir({ runs: { x: { abra: { recipes: {} } } }, abra: { servers: {} } })
  const config = { runsDir: join(dir, 'runs'), abraDir: join(dir, 'abra') } as HostConfig
  const asked = { runId: 'x' as RunId, config }
  const note = { run_id: 'x', pid: process.pid, started: new Date().toISOString() }
  const lock = await RunLock.take(join(dir, 'runs/x'), note)
  await t.rejects(setupAbraDir(asked, { print: () => undefined }), {
    code: 'RCI_USAGE',
    message: /Cannot build ".*x\/abra": run x.* works there/,
  })
  t.strictSame(readdirSync(join(dir, 'runs/x')).sort(), ['abra', 'run.lock'])
  lock.release()
  await setupAbraDir(asked, { print: () => undefined })
  t.ok(readdirSync(join(dir, 'runs/x')).includes('abra.old-1'), 'one that is over makes room')
})
