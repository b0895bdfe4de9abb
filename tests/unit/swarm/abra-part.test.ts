import t from 'tap'
import type { AppDomain } from '../../../lib/domain/names.js'
import { abraPart, type AbraCall } from '../../../lib/swarm/abra-part.js'

const domain = 'site-3fa9c1.ci.example.org' as AppDomain
const call = (name: string, body: AbraCall['call']): AbraCall => ({ name, call: body })

t.test(
  'calls to abra that hang, fail or heed their limit are told, and the next one is made',
  async t => {
    const abraDir = t.testdir({ servers: { default: { [`${domain}.env`]: '' } } })
    const calls = [
      call('hangs', () => new Promise<string>(() => undefined)),
      call('heeds', async signal => {
        await new Promise(resolve => {
          signal.addEventListener('abort', resolve)
        })
        return 'ended at its limit'
      }),
      call('fails', async () => Promise.reject(new Error('FATA not deployed'))),
      call('works', async () => Promise.resolve('exit 0')),
    ]
    t.equal(
      await abraPart(calls, { abraDir, domain }, 50),
      'hangs: no answer in time; heeds: ended at its limit; fails: FATA not deployed; works: exit 0',
    )
  },
)

t.test('abra is not asked about an app without an env file', async t => {
  const abraDir = t.testdir({ servers: { default: { [`x${domain}.env`]: '' } } })
  const never = call('never', async () => Promise.resolve(String(t.fail())))
  t.match(await abraPart([never], { abraDir, domain }), /^skipped/)
  t.equal(await abraPart([], { abraDir, domain }), '')
})
