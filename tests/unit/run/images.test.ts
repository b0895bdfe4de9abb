import t from 'tap'
import { firstMissing, pullMissing } from '../../../lib/run/images.js'
import type { PullOutcome } from '../../../lib/swarm/pull.js'

const failed = (image: string): PullOutcome => ({
  ...{ image, outcome: 'failed', ms: 1, detail: 'manifest unknown' },
  class: 'image_missing',
})

t.test('each image is pulled once, and why one could not be had is told', async t => {
  const asked: string[] = []
  const pull = async (image: string) => {
    asked.push(image)
    return failed(image)
  }
  const causes = await pullMissing({ pull, emit: () => undefined }, ['reg/a:1', 'b', 'reg/a:1'])
  t.strictSame(asked, ['reg/a:1', 'b'])
  t.match(firstMissing(causes, ['c', 'b']), { class: 'image_missing', sentence: /Image "b"/ })
  t.equal(firstMissing(causes, ['c']), undefined)
})

t.test('what an unset variable leaves of a reference is not asked for', async t => {
  const halves = ['reg/app:', 'app@', 'reg/app:-alpine', 'reg/:1', '/app:1', '']
  const whole = ['app', 'reg:5000/a-b/c_d:v1.2-alpine', `app:1@sha256:${'0'.repeat(64)}`]
  const asked: string[] = []
  const pull = async (image: string) => {
    asked.push(image)
    return failed(image)
  }
  const causes = await pullMissing({ pull, emit: () => undefined }, [...halves, ...whole])
  t.strictSame(asked, whole)
  t.strictSame([...causes.keys()], whole)
})
