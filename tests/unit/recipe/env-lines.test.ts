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
    'J="a" # of the client',
    'K="a \\"b\\" \\n"',
    "L='a\\b'",
    'M="a"b"',
  ].join('\n')
  t.strictSame(readEnvLines(text), {
    env: {
      ...{ A: 'abc$def', B: 'x #y', C: 'p$$q', D: 'a b', E: '', F: 'x', G: 'a=b', H: '"half' },
      ...{ I: 'é', J: 'a', K: 'a "b" \\n', L: 'a\\b', M: '"a"b"' },
    },
    bad: [],
  })
})

t.test('what assigns nothing is talk, a later line wins', async t => {
  const talk = [
    '# A=1',
    '',
    'making a key: A=2',
    '{"id":"wp","secret":"c2Vj=="}',
    'http-code = 200',
  ]
  t.strictSame(readEnvLines(`${talk.join('\n')}\nA=3\nA=4\n`), { env: { A: '4' }, bad: [] })
})

t.test('an assignment that no env file can hold is told, without its value', async t => {
  const { env, bad } = readEnvLines(
    ['my-key=hunter2', 'a.b=hunter2', '1A=hunter2', 'A=hunter2\0', 'B=hunter2\rx'].join('\n'),
  )
  t.strictSame(env, {})
  t.match(bad, [/"my-key"/, /"a\.b"/, /"1A"/, /value of A/, /value of B/])
  t.notMatch(bad.join(), /hunter2/)
})
