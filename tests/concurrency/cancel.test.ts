import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeInstall } from '../support/lives/install.js'
import { makeCase } from '../support/lives/marked.js'
import {
  harnessPid,
  journalOf,
  noted,
  nothingLeft,
  plainEnv,
  start,
} from '../support/lives/processes.js'
import { ROOT } from '../support/runner.js'

const outside = t.testdir({ dash: {}, bash: {}, busybox: {} })
const { PATH = '' } = plainEnv()

/** The step's line as the pipeline has it, and the file that the runner makes of it. */
const LINE = /^ *- (exec sh bin\/step .*)$/m.exec(readFileSync(join(ROOT, '.drone.yml'), 'utf8'))
const SCRIPT = `\nset -e\n\necho + "${String(LINE?.[1])}"\n${String(LINE?.[1])}\n`

for (const shell of ['dash', 'bash', 'busybox']) {
  t.test(`a cancel as the runner does it ends in a teardown, with ${shell} as sh`, async t => {
    const workspace = (await makeInstall(t)).dir
    const { mark, journal, env } = makeCase(t, outside)
    const bin = join(outside, shell)
    const program = PATH.split(':')
      .map(folder => join(folder, shell))
      .find(existsSync)
    symlinkSync(String(program), join(bin, 'sh'))
    writeFileSync(join(workspace, 'script'), SCRIPT)
    const more = { WORKSPACE: workspace, HOME: workspace, PATH: `${bin}:${PATH}` }
    const step = start(t, [join(bin, 'sh'), '-c', 'cd "$WORKSPACE" && exec sh -e script'], {
      ...{ ...env, TEARDOWN_MS: '300', TEARDOWN_CHILD: 'echo torn down >>"$JOURNAL"' },
      ...more,
    })
    await harnessPid(journal)
    // One SIGKILL to one process; then the workspace goes, the program in it, and the log is closed.
    process.kill(step.pid, 'SIGKILL')
    rmSync(workspace, { recursive: true })
    step.child.stdout?.destroy()
    step.child.stderr?.destroy()
    t.equal(await noted(journal, 'exit '), 'exit 143')
    t.ok(journalOf(journal).includes('teardown done'))
    t.ok(journalOf(journal).includes('torn down'), 'by a command under the guard')
    await nothingLeft(mark)
  })
}
