import t from 'tap'
import { createMask } from '../../../lib/report/mask.js'
import { createRandom, type Random } from '../../support/random.js'
import { FOREIGN } from './foreign-forms.js'

const ALPHABET = 'abcXYZ019+/=&<>%!\'"\\ üß😀$`'

/** Ways in which a program may print a value. */
const WAYS: readonly ((secret: string, random: Random) => string)[] = [
  secret => secret,
  secret => encodeURIComponent(secret),
  secret => encodeURIComponent(secret).replace(/%../g, code => code.toLowerCase()),
  secret => JSON.stringify({ value: secret }),
  secret => JSON.stringify({ body: JSON.stringify({ value: secret }) }),
  secret => `<a b="${escapeXml(secret)}"/>`,
  secret => `'${secret.replaceAll("'", `'\\''`)}'`,
  ...Object.values(FOREIGN),
  secret => new URLSearchParams({ v: secret }).toString(),
  secret => Buffer.from(secret).toString('base64'),
  secret => Buffer.from(secret).toString('base64url'),
  (secret, random) =>
    Buffer.from(random.text(random.below(7), 'abc') + secret + random.text(4, 'xyz')).toString(
      'base64',
    ),
]

function escapeXml(text: string): string {
  const names: Record<string, string> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": 'apos',
  }
  return text.replace(/[&<>"']/g, character => `&${names[character] ?? ''};`)
}

function core(secret: string): string {
  return Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -2)
}

t.test(
  'no secret is written, in whatever form and however the text is cut into chunks',
  async t => {
    for (let seed = 1; seed <= 400; seed += 1) {
      const random = createRandom(seed)
      const secrets = Array.from({ length: 1 + random.below(5) }, () =>
        random.text(8 + random.below(40), random.pick([ALPHABET, `${ALPHABET}\n`])),
      )
      const mask = createMask()
      for (const secret of secrets) mask.add(secret)
      const pieces = Array.from({ length: 12 }, () => [
        random.text(random.below(20), 'lorem ipsum\n'),
        random.below(2) === 0 ? random.pick(WAYS)(random.pick(secrets), random) : '',
      ]).flat()
      const text = pieces.join('')
      let written = ''
      const stream = mask.stream(part => (written += part))
      const bytes = Buffer.from(text)
      for (let at = 0; at < bytes.length;) {
        const length = 1 + random.below(random.pick([3, 30, 300]))
        stream.write(bytes.subarray(at, at + length))
        at += length
      }
      stream.end()
      if (mask.mask(text) !== written)
        t.equal(written, mask.mask(text), `seed ${seed}: as if whole`)
      for (const secret of secrets.filter(value => value.trim().length >= 8))
        for (const form of [
          ...[secret, encodeURIComponent(secret), core(secret), escapeXml(secret)],
          ...Object.values(FOREIGN).map(form => form(secret)),
        ])
          if (form.length >= 8 && written.includes(form)) t.fail(`seed ${seed} shows ${form}`)
      if (mask.shows(written)) t.fail(`seed ${seed}: the scan still finds something`)
    }
    t.pass('400 seeds')
  },
)

for (const [name, form] of Object.entries(FOREIGN)) {
  t.test(`a secret is known as ${name} writes it`, async t => {
    for (const secret of ['a&b<c>d/e"f\\', 'grüße/😀 an $alle `da`', 'plain/and/simple']) {
      const mask = createMask()
      mask.add(secret)
      t.equal(mask.mask(`<${form(secret)}>`), '<[masked]>', form(secret))
    }
  })
}

t.test('a secret inside something longer that was encoded as a whole is masked', async t => {
  const mask = createMask()
  mask.add('correct horse battery')
  for (const before of ['', 'u', 'us', 'use', 'user:']) {
    const encoded = Buffer.from(`${before}correct horse battery and more`).toString('base64')
    const masked = mask.mask(`Basic ${encoded}`)
    t.match(masked, '[masked]')
    t.notMatch(Buffer.from(masked.replace('[masked]', ''), 'base64').toString(), 'horse')
  }
})

t.test('each line of a secret with several lines is a secret, PEM borders are not', async t => {
  const mask = createMask()
  mask.add(
    '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----\n',
  )
  t.equal(mask.mask('a kqhkiG9w0BAQEF b'), 'a [masked] b')
  t.equal(mask.mask('-----BEGIN PRIVATE KEY-----'), '-----BEGIN PRIVATE KEY-----')
})

t.test('of a KEY=value line the value alone is a secret too', async t => {
  const mask = createMask()
  mask.add('DRONE_RPC_SECRET=0123456789abcdef\nUSER="hunter2hunter2"\n')
  t.equal(mask.mask('secret is 0123456789abcdef'), 'secret is [masked]')
  t.equal(mask.mask('hunter2hunter2!'), '[masked]!')
})

t.test('base64 that a tool wrapped is masked line by line', async t => {
  const secret = createRandom(7).text(300, 'abcdefghij0123456789')
  const mask = createMask()
  mask.add(secret)
  for (const width of [64, 76]) {
    const lines = Buffer.from(secret)
      .toString('base64')
      .match(new RegExp(`.{1,${width}}`, 'g'))
    for (const line of lines ?? []) if (line.length >= 8) t.equal(mask.mask(line), '[masked]')
  }
})

t.test('secrets that overlap leave no rest of either', async t => {
  const mask = createMask()
  mask.add('abcdefgh1234')
  mask.add('1234ijklmnop')
  t.equal(mask.mask('<abcdefgh1234ijklmnop>'), '<[masked]>')
})

t.test('values under eight characters are no secrets', async t => {
  const mask = createMask()
  mask.add('short')
  mask.add('')
  t.equal(mask.mask('a short text'), 'a short text')
})

t.test('masking twice changes nothing more', async t => {
  const mask = createMask()
  mask.add('[masked]')
  mask.add('hunter2hunter2')
  const once = mask.mask('https://u:hunter2hunter2@h/?token=hunter2hunter2 [masked]')
  t.equal(once, 'https://[masked]@h/?token=[masked] [masked]')
  t.equal(mask.mask(once), once)
  t.notOk(mask.shows(once))
})

const ADDRESSES: readonly [string, string][] = [
  ['https://user:pass@host/x', 'https://[masked]@host/x'],
  ['https://ghp_token@host/x', 'https://[masked]@host/x'],
  ['https://user:p@ss@host/x', 'https://[masked]@host/x'],
  ['postgres://u:pa/ss@db:5432/app', 'postgres://[masked]@db:5432/app'],
  ['ssh://git@host/x', 'ssh://git@host/x'],
  ['ssh://git:pw@host/x', 'ssh://[masked]@host/x'],
  ['git@host:owner/name.git', 'git@host:owner/name.git'],
  ['https://host:443/a@2x.png', 'https://host:443/a@2x.png'],
  ['https://host/?a=1&access_token=abc#x', 'https://host/?a=1&access_token=[masked]#x'],
  ['Authorization: Bearer abc.def', 'Authorization: Bearer [masked]'],
  ['"authorization":"Basic dXNlcjpwYXNz"', '"authorization":"Basic [masked]"'],
]

t.test('tokens in URLs and headers are masked without being known', async t => {
  const mask = createMask()
  for (const [text, masked] of ADDRESSES) t.equal(mask.mask(text), masked)
})

t.test('the credentials of a URL can be made known, encoded or not', async t => {
  const mask = createMask()
  mask.addUrl('https://someuser:p%40ssw0rd!@host/x')
  mask.addUrl('not a url')
  t.equal(mask.mask('got p@ssw0rd! and p%40ssw0rd!'), 'got [masked] and [masked]')
})

t.test('a line without an end is handed on in pieces, no secret torn', async t => {
  const mask = createMask()
  mask.add('correct-horse-battery')
  let written = ''
  let most = 0
  const stream = mask.stream(part => {
    written += part
    most = Math.max(most, part.length)
  })
  const line = 'x'.repeat(1000) + 'correct-horse-battery'
  const text = line.repeat(300)
  for (let at = 0; at < text.length; at += 997) stream.write(text.slice(at, at + 997))
  stream.end()
  t.ok(most < 100_000, 'memory stays bounded')
  t.equal(written, mask.mask(text))
})

t.test(
  'hostile output comes to an end: quadratic time would outlast the limit of the test',
  async t => {
    const mask = createMask()
    mask.add('correct-horse-battery')
    for (const piece of [
      'a',
      '://',
      '://a:b',
      'authorization ',
      '?token=',
      '@',
      'authorization:',
    ]) {
      const text = piece.repeat(Math.ceil(500_000 / piece.length))
      t.notMatch(
        mask.mask(`${text} correct-horse-battery`),
        /correct-horse/,
        `after many "${piece}"`,
      )
    }
  },
)
