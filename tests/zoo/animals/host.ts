import {
  both,
  doomed,
  fault,
  green,
  inCompose,
  meta,
  only,
  red,
  runs,
  withService,
  type Animal,
  type Expected,
} from '../animal.js'
import type { Edit } from '../../lab/recipes/recipe-spec.js'
import { FULL, fullDisk, narrow, narrowNetwork } from '../scarce.js'

/** No word on the recipe, and told within 30 s of the evidence. */
const toldSoon = (expected: Expected): Expected => ({ ...expected, doomed: true })
/** A hook that tells the app's settings a name that is known only on this host. */
const telling = (setting: string, name: string) => ({
  'ops/extra_env': `#!/bin/sh\necho ${setting}=${name}\n`,
})
const sample = (line: string): Edit => ({
  file: '.env.sample',
  from: 'TIMEOUT=120',
  to: `TIMEOUT=120\n${line}`,
})
const onEdge = [
  inCompose('    networks:\n      - proxy', '    networks:\n      - proxy\n      - edge'),
  inCompose(
    '\nnetworks:\n  proxy:',
    '\nnetworks:\n  edge:\n    external: true\n    name: ${EDGE_NETWORK}\n  proxy:',
  ),
  sample('EDGE_NETWORK=edge'),
]
/** The site's own port, published on the host. */
const published = (port: number | string, mode: 'host' | 'ingress') =>
  `    ports:\n      - target: 80\n        published: ${port}\n        mode: ${mode}\n`
const publishing = (port: number | string, mode: 'host' | 'ingress') =>
  inCompose(
    '    configs:\n      - source: nginx_conf',
    `${published(port, mode)}    configs:\n      - source: nginx_conf`,
  )
/** One more service that wants a port too. */
const twin = (port: number, mode: 'host' | 'ingress') =>
  withService(
    `  twin:\n    image: __IMAGE_WEB__\n    command: ["sleep", "3600"]\n    stop_grace_period: 1s\n${published(port, mode)}`,
  )
/** The port that the proxy holds. */
const HELD = {
  edit: sample('WANTED_PORT=8443'),
  custom: { 'ops/extra_env': '#!/bin/sh\necho "WANTED_PORT=${RECIPE_CI_GATEWAY##*:}"\n' },
}
const mounting = (volume: string) =>
  inCompose('    healthcheck:', `    volumes:\n${volume}\n    healthcheck:`)

/** What a host has run out of, which says nothing about a recipe, and what looks just like it. */
export const HOST: readonly Animal[] = [
  {
    name: 'port-held',
    about: 'wants a host port that the proxy holds already: no word on the recipe',
    releases: only('site', [publishing('${WANTED_PORT}', 'host'), HELD.edit]),
    custom: HELD.custom,
    expected: toldSoon(fault('port_taken', /port/)),
  },
  {
    name: 'port-held-ingress',
    about:
      'publishes a port that the proxy holds: Swarm refuses the service, and no word on the recipe',
    releases: only('site', [publishing('${WANTED_PORT}', 'ingress'), HELD.edit]),
    custom: HELD.custom,
    expected: fault('port_taken', /already in use by service/),
  },
  {
    name: 'port-twice',
    about: 'two of its services want the same host port',
    releases: only('site', [publishing(18_971, 'host'), twin(18_971, 'host')]),
    expected: doomed('install', 'no_node', /port/),
  },
  {
    name: 'port-slow-to-leave',
    about: 'its old task keeps the host port for as long as its grace period: slow, and good',
    releases: both('site', [
      withService(
        `  voice:\n    image: __IMAGE_WEB__\n    command: ["sleep", "3600"]\n    stop_grace_period: 16s\n    environment:\n      - RELEASE=\${RELEASE_NAME}\n${published(18_973, 'host')}`,
      ),
      sample('RELEASE_NAME=old'),
    ]),
    custom: meta('UPGRADE_EXTRA_ENV: { RELEASE_NAME: new }'),
    expected: green(),
  },
  {
    name: 'port-twice-ingress',
    about: 'two of its services publish the same port: Swarm refuses the second',
    releases: only('site', [publishing(18_972, 'ingress'), twin(18_972, 'ingress')]),
    expected: red('install', 'no_node', /already in use by service/),
  },
  {
    name: 'addresses-gone',
    about: 'the edge network has no address left, not even for the service: no word on the recipe',
    releases: only('site', onEdge),
    custom: telling('EDGE_NETWORK', narrow(0)),
    prepare: place => narrowNetwork(place, 0),
    expected: toldSoon(fault('addresses_exhausted', /"app"/)),
  },
  {
    name: 'addresses-last',
    about: 'the edge network has an address for the service and none for its task',
    releases: only('site', onEdge),
    custom: telling('EDGE_NETWORK', narrow(1)),
    prepare: place => narrowNetwork(place, 1),
    expected: toldSoon(fault('addresses_exhausted', /"app"/)),
  },
  {
    name: 'disk-full',
    about: 'the host has no room for what the image puts into a volume: no word on the recipe',
    releases: only('site', [
      mounting('      - full:/usr/share'),
      inCompose(
        '\nconfigs:\n  nginx',
        '\nvolumes:\n  full:\n    external: true\n    name: ${FULL_VOLUME}\n\nconfigs:\n  nginx',
      ),
      sample('FULL_VOLUME=full'),
    ]),
    custom: telling('FULL_VOLUME', FULL),
    prepare: fullDisk,
    spread: true,
    expected: toldSoon(fault('disk_full', /no space left on device/)),
  },
  {
    name: 'scratch-full',
    about: 'the recipe gives itself too small a scratch space: full as a disk, and its own doing',
    releases: only('site', [
      mounting('      - type: tmpfs\n        target: /scratch\n        tmpfs: { size: 65536 }'),
      runs("head -c 1000000 /dev/zero >/scratch/cache || exit 1; exec nginx -g 'daemon off;'"),
    ]),
    expected: doomed('install', 'crash_loop', /No space left on device/),
  },
]
