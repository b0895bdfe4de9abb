import t from 'tap'
import { classOfMessage, classOfPullError } from '../../../lib/swarm/doomed-signatures.js'

const LOOKUP =
  'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host'
const REFUSED =
  'Get "http://127.0.0.1:5999/v2/": dial tcp 127.0.0.1:5999: connect: connection refused'

// prettier-ignore
const PULLS = [
  [LOOKUP, 'image_missing', 'a registry whose name does not exist has no images'],
  ['Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout', 'registry_down', 'it does not answer'],
  [REFUSED, 'registry_down', 'it refuses'],
  ['Get "https://r.io/v2/": dial tcp: lookup r.io: server misbehaving', 'registry_down', 'nobody can tell'],
  ['manifest for localhost:5000/app:9 not found: manifest unknown', 'image_missing', 'the registry says so'],
  ['toomanyrequests: You have reached your pull rate limit', 'pull_limited', 'the registry says so'],
  ['received unexpected HTTP status: 503 Service Unavailable', 'registry_down', 'the registry fails'],
  ['write /var/lib/docker/tmp/x: no space left on device', 'disk_full', 'no room for the layers'],
  ['Get "https://r.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)', 'registry_down', 'nobody is there'],
  ['Get "http://r.io/v2/": EOF', 'registry_down', 'it hangs up'],
  ['dial tcp: lookup r.io: Temporary failure in name resolution', 'registry_down', 'nobody can tell'],
  ['Get "https://r.io/v2/": x509: certificate has expired or is not yet valid', 'registry_down', 'nobody can be sure of it'],
  ['no answer within 1800 s', 'registry_down', 'it takes for ever'],
  ['something never heard of', 'image_missing', 'an image that cannot be had is missing'],
] as const
for (const [said, expected, why] of PULLS) {
  t.test(`a pull that fails with "${said}" is ${expected}: ${why}`, async t => {
    t.equal(classOfPullError(said), expected)
  })
}

t.test('an ordinary failure has no class of its own', async t => {
  for (const said of [
    'task: non-zero exit (1)',
    '',
    'connection refused',
    'context deadline exceeded',
    'invalid mount config for type "bind": bind source path does not exist: /srv/config',
    'exec: "/docker-config.sh": executable file not found in $PATH',
  ]) {
    t.equal(classOfMessage(said), undefined, said)
  }
})
