import { readFile } from 'node:fs/promises'
import t from 'tap'
import { signalsHeard } from '../../../lib/lifetime/signals-heard.js'

t.test('a signal that came with what broke is heard before anybody judges what broke', async t => {
  let heard = 0
  const listener = () => void (heard += 1)
  process.on('SIGUSR2', listener)
  t.teardown(() => process.off('SIGUSR2', listener))
  for (let round = 1; round <= 20; round += 1) {
    const broken = readFile('/nowhere').catch(() => undefined)
    process.kill(process.pid, 'SIGUSR2')
    // The kernel has both ready before Node looks again.
    for (const end = performance.now() + 5; performance.now() < end;);
    await broken
    await signalsHeard()
    t.equal(heard, round)
  }
})
