import t from 'tap'
import { readEnvLines } from '../../../lib/recipe/env-lines.js'

t.test('a value is what stands there, without the quotes around it', async t => {
  const text = [
    'A=abc$def',
    'B=x #y',
    "export C='p$$q'",
    'D="a b"',
    'E=',
    ' F = x',
    'G=a=b',
    'H="half',
    'I=\u00e9\r',
  ].join('\n')
  t.strictSame(readEnvLines(text), {
    env: { A: 'abc$def', B: 'x #y', C: 'p$$q', D: 'a b', E: '', G: 'a=b', H: '"half', I: 'é' },
    bad: [],
  })
})

t.test('what assigns nothing is talk, a later line wins', async t => {
  const text = '# A=1\n\nmaking a key: A=2\nA=3\nA=4\n'
  t.strictSame(readEnvLines(text), { env: { A: '4' }, bad: [] })
})

t.test('an assignment that no env file can hold is told', async t => {
  const bad = ['my-key=1', 'a.b=1', '1A=x', 'A=x\0y', 'B=x\ry']
  t.strictSame(readEnvLines(bad.join('\n')), { env: {}, bad })
})
