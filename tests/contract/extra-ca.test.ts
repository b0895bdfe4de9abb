import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import t from 'tap'
import { loadTrust } from '../../lib/health/trust.js'

const [one = '', other = ''] = rootCertificates
const broken = `${one.slice(0, 100)}!!${one.slice(102)}`
const KEY = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'

const BAD: [string, string, RegExp][] = [
  ['is empty', '', /holds no certificate/],
  ['is not PEM', 'hello', /holds no certificate/],
  ['holds only a key', KEY, /holds no certificate/],
  ['holds a broken certificate', `${one}\n${broken}`, /certificate 2 cannot be read/],
]
for (const [law, text, message] of BAD) {
  t.test(`an extra CA file that ${law} is a fault, not a verdict`, async t => {
    const path = join(t.testdir({ 'ca.pem': text }), 'ca.pem')
    await t.rejects(loadTrust(path), { code: 'RCI_ABSENT', message, hint: /PEM/ })
  })
}

t.test('one that holds certificates, with words around them, is taken', async t => {
  const text = `our CA\n${one}\n# and the other\n${other}\n`
  const path = join(t.testdir({ 'ca.pem': text }), 'ca.pem')
  t.equal(await readFile(path, 'utf8'), text)
  await t.resolves(loadTrust(path))
})
