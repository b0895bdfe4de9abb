import t from 'tap'
import { certificateCheck } from '../../../lib/health/certificate.js'
import type { Answer, CertificateFacts, Silence } from '../../../lib/health/https-request.js'
import { judge, speakerOf } from '../../../lib/health/judge-answer.js'

const GOOD: CertificateFacts = {
  subject: '*.ci.test',
  issuer: 'CI CA',
  names: 'DNS:*.ci.test',
  validTo: 'later',
  problem: undefined,
}
const answer = (status: number, body = 'hello', location?: string): Answer => ({
  kind: 'answer',
  status,
  body,
  location,
  setsCookie: false,
  certificate: GOOD,
  ms: 1,
})
const wanted = { url: 'https://a.ci.test/', ok: [200, 301, 302, 404, 502] }

// prettier-ignore
const ROWS = [
  [answer(200), true, 'app', 'a wanted status'],
  [answer(302, '', '/login'), true, 'app', 'a redirect that is wanted is not followed'],
  [answer(302, '', '/'), false, 'app', 'a redirect to itself serves nobody'],
  [answer(301, '', 'https://A.ci.test:443#top'), false, 'app', 'a redirect to itself, written otherwise'],
  [answer(301, '', '//a.ci.test'), false, 'app', 'a redirect to itself, without a scheme'],
  [{ ...answer(302, '', '/'), setsCookie: true }, true, 'app', 'a redirect to itself that a cookie may end'],
  [answer(302, '', '/?a'), true, 'app', 'a redirect to itself with a query'],
  [answer(302, '', 'http://a.ci.test/'), true, 'app', 'a redirect to another scheme'],
  [answer(302, '', 'https://'), true, 'app', 'a redirect to no address'],
  [answer(200, 'hello', '/'), true, 'app', 'an address beside a page'],
  [{ ...answer(200), alsoFor: 'none.ci.test' }, false, 'app', 'what is answered for every name'],
  [answer(204), false, 'app', 'a status that is not wanted'],
  [answer(404, 'no such page here'), false, 'app', '404 of the app never counts, wanted or not'],
  [answer(404, '404 page not found\n'), false, 'proxy', '404 of the proxy: there is no route'],
  [answer(200, '404 page not found\n'), false, 'proxy', "the proxy's own page never counts, whatever its status"],
  [answer(502, 'Bad Gateway'), false, 'proxy', '502 of the proxy, wanted or not'],
  [answer(502, '<h1>our own 502</h1>'), true, 'app', '502 of the app, if it is wanted'],
  [answer(503, 'no available server\n'), false, 'proxy', '503 of the proxy'],
  [answer(504, 'Gateway Timeout'), false, 'proxy', '504 of the proxy'],
] as const
for (const [given, serving, speaker, why] of ROWS) {
  t.test(`HTTP ${given.status} ${JSON.stringify(given.body)}: ${why}`, async t => {
    const seen = judge(given, wanted)
    t.equal(seen.serving, serving)
    t.equal(speakerOf(given), speaker)
    t.equal(seen.cause?.class, serving ? undefined : 'not_serving')
  })
}

t.test(
  '404 and 502 of the proxy, and a redirect to itself, have other words and fixes than those of the app',
  async t => {
    const fixes = [
      answer(404, '404 page not found'),
      answer(404, 'mine'),
      answer(502, 'Bad Gateway'),
      answer(504, 'Gateway Timeout'),
      answer(301, '', '/'),
    ].map(each => judge(each, wanted).cause?.fix)
    t.equal(new Set(fixes).size, 5)
  },
)

t.test('a redirect to itself is told as such, also where it is not wanted', async t => {
  for (const ok of [[200], [200, 308]])
    t.match(judge(answer(308, '', 'https://a.ci.test/'), { ...wanted, ok }), {
      serving: false,
      seen: 'HTTP 308 to https://a.ci.test/',
      cause: {
        sentence: /redirects to the address that was asked \(308\)/,
        fix: /X-Forwarded-Proto/,
      },
    })
})

t.test(
  'a gateway that takes no connection is a fault of the bench; silence behind it is not',
  async t => {
    const silence = (at: Silence['at']): Silence => ({
      kind: 'silence',
      at,
      why: 'refused',
      late: false,
      ms: 1,
    })
    t.equal(judge(silence('gateway'), wanted).cause?.class, 'fault')
    for (const at of ['handshake', 'answer'] as const)
      t.equal(judge(silence(at), wanted).cause?.class, 'not_serving', at)
  },
)

t.test('a certificate must verify and must not be the one that Traefik makes up', async t => {
  t.equal(certificateCheck('a.ci.test', GOOD).status, 'pass')
  const bad = [
    { ...GOOD, problem: 'it has expired' },
    { ...GOOD, subject: 'TRAEFIK DEFAULT CERT', problem: undefined },
  ]
  for (const facts of bad) {
    t.match(certificateCheck('a.ci.test', facts), {
      status: 'fail',
      cause: { class: 'bad_certificate', sentence: /a\.ci\.test/ },
    })
  }
})
