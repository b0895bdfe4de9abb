import t from 'tap'
import { abraOutcome } from '../../../lib/abra/outcome.js'

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
