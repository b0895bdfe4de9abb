import t from 'tap'
import {
  generatedValues,
  insertedByHand,
  listedSecrets,
  readsAsJson,
} from '../../../lib/abra/secrets.js'

const GENERATED: [string, string, string[]][] = [
  ['a list', '[{"name":"db_password","value":"s3cret-one"}]', ['s3cret-one']],
  [
    'log lines around it',
    'WARN x\n[{"name":"a","value":"v1"},{"name":"b","value":"v2"}]\nWARN notes',
    ['v1', 'v2'],
  ],
  ['several lines', '[\n  {\n    "name": "a",\n    "value": "v1"\n  }\n]\n', ['v1']],
  ['more keys', '[{"name":"a","value":"v1","version":"v1x","note":"n"}]', ['v1', 'n']],
  [
    'what names the app',
    '[{"name":"a","value":"v1","app":"a.example","stack":"a_example","recipe":"custom-html","length":32,"charset":"safespecial","service":"app"}]',
    ['v1'],
  ],
  ['a map', '{"db_password":"v1","name":"v2"}', ['v1', 'v2']],
  ['nothing made', 'WARN no secrets generated\n', []],
  ['nothing', '', []],
  ['a table', '┃ NAME ┃ VALUE ┃\n┃ a ┃ v1 ┃\n┃ b ┃ v2 ┃', ['v1', 'v2']],
  ['another form', 'db_password=hunter2hunter2 short', ['db_password', 'hunter2hunter2']],
  [
    'broken JSON',
    '[{"name":"db_password","value":"hunter2hunter2"',
    ['db_password', 'hunter2hunter2'],
  ],
]

t.test('every value that was generated is found, in whatever form it is printed', async t => {
  for (const [form, output, values] of GENERATED)
    t.strictSame(new Set(generatedValues(output, '')), new Set(values), form)
})

const ls =
  '[{"name":"a","version":"v1","generated name":"x_a_v1","created on server":"true"},{"name":"b","created on server":"false"}]'

t.test('the list of secrets says which of them are on the server', async t => {
  const expected = [
    { name: 'a', created: true },
    { name: 'b', created: false },
  ]
  t.strictSame(listedSecrets(ls), expected)
  t.strictSame(
    listedSecrets(
      '┃ NAME ┃ VERSION ┃ CREATED ON SERVER ┃\r\n┃ a ┃ v1 ┃ true ┃\r\n┃ b ┃ v1 ┃ false ┃',
    ),
    expected,
  )
  t.strictSame(
    listedSecrets('[{"name":"a","created_at":"2026-11-01","created_on_server":true,"x":1}]'),
    [{ name: 'a', created: true }],
  )
  t.strictSame(
    listedSecrets('NAME  VERSION  CREATED ON SERVER\na     v1       yes\nb     v1       no\n'),
    expected,
  )
  t.strictSame(listedSecrets('WARN no secrets stored for x\n'), [])
  t.strictSame(listedSecrets('null\n'), [])
  t.equal(listedSecrets('something else'), undefined)
  t.equal(listedSecrets('{"broken'), undefined)
})

t.test('machine output is JSON, or nothing but log lines', async t => {
  for (const output of ['[]', 'WARN x\n', '', 'null\n', 'INFO x\n{"a":1}'])
    t.ok(readsAsJson(output), output)
  for (const output of ['{"a', 'done', 'null and void']) t.notOk(readsAsJson(output), output)
})

t.test('a secret that a person inserts is not missing', async t => {
  const env = `SECRET_DB_PASSWORD_VERSION=v1 # length=128
SECRET_SMTP_KEY_VERSION=v1 # charset=hex generate=false
#SECRET_OFF_VERSION=v1 # generate=false
SECRET_X_VERSION=v1 # generate=falsehood`
  t.strictSame(insertedByHand(env), ['smtp_key'])
})

t.test('what is said on stderr beside the values is no secret', async t => {
  const banner = 'This program is something special\nWARN no secrets generated\n'
  t.strictSame(generatedValues('', banner), [])
  t.strictSame(generatedValues('[{"name":"a","value":"correct horse"}]', banner), ['correct horse'])
})
