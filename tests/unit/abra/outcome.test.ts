import t from 'tap'
import {
  abraOutcome,
  refusesDeployed,
  refusesDirtyTree,
  wantsTerminal,
} from '../../../lib/abra/outcome.js'

const ran = (stdout: string, exitCode = 1) =>
  abraOutcome(
    'app restore',
    {
      ended: 'exited',
      exitCode,
      signal: null,
      ms: 1,
      stdout,
      stderr: '',
      why: 'exited with 1',
      argv: [],
      beginning: '',
      truncated: false,
    },
    false,
  )

const BOT = JSON.stringify({ level: 'error', message: 'the post-hook failed with exit code 3' })
const INFO = JSON.stringify({ level: 'info', message: 'running hook' })

t.test("a failure carries the backup bot's own error beside abra's", async t => {
  const { said } = ran(`${INFO}\n${BOT}\nFATA failed to exec restore: exit status 1\n`)
  t.equal(said, 'failed to exec restore: exit status 1: the post-hook failed with exit code 3')
})

t.test('what the bot said without an error is not told', async t => {
  t.equal(ran(`${INFO}\nFATA failed to exec\n`).said, 'failed to exec')
  t.equal(ran(`{ broken\nFATA failed to exec\n`).said, 'failed to exec')
  t.equal(ran(`${BOT}\n`, 0).said, 'exited with 1')
})

t.test('a reason without a level is told, and known for what it is', async t => {
  t.equal(
    ran('Deploying\nError: app is already running, see --help\n\n').said,
    'Error: app is already running, see --help',
  )
  t.ok(refusesDeployed(ran('Error: a.example is already running\n')))
  t.ok(refusesDeployed(ran('ERROR a.example is deployed, use --force\n')))
  t.notOk(refusesDeployed(ran('FATA nothing is wrong with the deployed app\n')))
  t.ok(refusesDirtyTree(ran('the recipe has uncommitted changes\n')))
  t.ok(wantsTerminal(ran('not a tty\n')))
  t.equal(ran('').said, 'exited with 1')
})

t.test('of a command that prints secrets no mere line is told', async t => {
  const outcome = { ended: 'exited', exitCode: 1, signal: null, ms: 1, argv: [] } as const
  const printed = {
    stdout: 'hunter2hunter2\n',
    stderr: '',
    why: 'exited with 1',
    beginning: '',
    truncated: false,
  }
  t.equal(
    abraOutcome('app secret generate', { ...outcome, ...printed }, true).said,
    'exited with 1',
  )
})
