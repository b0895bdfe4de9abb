import {
  fault,
  HEALTH_PORT,
  inCompose,
  meta,
  only,
  red,
  runs,
  withService,
  shell,
  then,
  type Animal,
} from '../animal.js'

const LOCATION = 'location / {\n        try_files $uri $uri/ =404;\n    }'
const upAt = inCompose(HEALTH_PORT, '"http://127.0.0.1:80/up"]')
/** What the page answers, beside a path of its own for the health check. */
const answers = (directive: string) => [
  upAt,
  {
    file: 'nginx.conf.tmpl',
    from: LOCATION,
    to: `location = /up { return 200 "up"; }\n    location / { ${directive} }`,
  },
]
/** A second port, held by a program that never takes what comes there. */
const listening = (how: string) =>
  runs(
    `python3 -c "import socket, time; s = socket.create_server(('', 81)); ${how}; time.sleep(3600)" & exec nginx -g 'daemon off;'`,
  )
const SOON = meta('HTTP_TIMEOUT: 15')
const ROUTER = '"traefik.http.routers.${STACK_NAME}.rule=Host(`${DOMAIN}`${EXTRA_DOMAINS})"'

/** Deploys that converge, and an app that does not serve all the same. */
export const SERVING: readonly Animal[] = [
  {
    name: 'page-404',
    about: 'healthy, and every page is a 404',
    releases: only('site', answers('return 404;')),
    custom: SOON,
    spread: true,
    expected: red('install', 'not_serving', /the app answers 404/),
  },
  {
    name: 'page-500',
    about: 'healthy, and every page is a 500',
    releases: only('site', answers('return 500 "no database";')),
    custom: SOON,
    expected: red('install', 'not_serving', /the app answers 500[^]*no database/),
  },
  {
    name: 'page-500-head',
    about: 'the new version gets healthy, and every page of it is a 500',
    releases: then('site', [
      ...answers('return 500 "no such column";'),
      { file: 'abra.sh', from: 'NGINX_CONF_VERSION=v1', to: 'NGINX_CONF_VERSION=v2' },
    ]),
    custom: SOON,
    expected: {
      ...red('upgrade', 'not_serving', /the app answers 500[^]*no such column/),
      rungs: { install: 'pass', upgrade: 'fail' },
    },
  },
  {
    name: 'page-redirects-itself',
    about:
      'redirects every page to itself, as an app that takes the proxy for its client and wants HTTPS',
    releases: only('site', answers('return 301 https://$host$request_uri;')),
    custom: SOON,
    expected: red('install', 'not_serving', /redirects to the address that was asked/),
  },
  {
    name: 'page-status',
    about: 'answers with a status that the recipe does not call good',
    releases: only('site', answers('return 200 "hello";')),
    custom: meta('HTTP_TIMEOUT: 15\nHEALTH_OK: [204]'),
    expected: red('install', 'not_serving', /answers 200, wanted 204/),
  },
  {
    name: 'page-hangs-up',
    about: 'closes every connection without an answer: the proxy says 502',
    releases: only('site', answers('return 444;')),
    custom: SOON,
    expected: red('install', 'not_serving', /the proxy knows the route[^]*502[^]*Bad Gateway/),
  },
  {
    name: 'wrong-port',
    about: 'the proxy is told a port where nobody listens: 502',
    releases: only('site', [inCompose('server.port=80"', 'server.port=81"')]),
    custom: SOON,
    expected: red('install', 'not_serving', /the proxy knows the route[^]*502[^]*Bad Gateway/),
  },
  {
    name: 'wrong-port-head',
    about: 'the new version tells the proxy a port where nobody listens: 502',
    releases: then('site', [inCompose('server.port=80"', 'server.port=81"')]),
    custom: SOON,
    expected: {
      ...red('upgrade', 'not_serving', /the proxy knows the route[^]*502[^]*Bad Gateway/),
      rungs: { install: 'pass', upgrade: 'fail' },
    },
  },
  {
    name: 'no-route',
    about: 'the proxy is told to leave the app alone: its own 404',
    releases: only('site', [inCompose('"traefik.enable=true"', '"traefik.enable=false"')]),
    custom: SOON,
    expected: red('install', 'not_serving', /no route.*404/),
  },
  {
    name: 'wrong-host',
    about: 'the router waits for another name: the proxy answers with its own 404',
    releases: only('site', [inCompose('Host(`${DOMAIN}`', 'Host(`www.${DOMAIN}`')]),
    custom: SOON,
    expected: red('install', 'not_serving', /no route.*404/),
  },
  {
    name: 'page-hangs',
    about: 'takes connections and never answers',
    releases: only('site', [
      inCompose('server.port=80"', 'server.port=81"'),
      listening('s.listen(64)'),
    ]),
    custom: SOON,
    expected: red('install', 'not_serving', /no answer in time/),
  },
  {
    name: 'voice-down',
    about: 'the page answers, and the server that it is the front of does not listen',
    releases: only('site', [
      withService(
        `  voice:\n    image: __IMAGE_WEB__\n    command: ${shell("trap 'exit 0' TERM; sleep 3600 & wait")}\n    stop_grace_period: 1s\n`,
      ),
    ]),
    custom: meta(
      'HTTP_TIMEOUT: 15\nREADY_PROBE:\n  - tcp: 64738\n    service: voice\n    successes: 3',
    ),
    expected: red('install', 'not_serving', /64738/),
  },
  {
    name: 'own-certificate',
    about: 'terminates TLS itself, with a certificate that nobody signed',
    releases: only(
      'site',
      [
        inCompose(
          ROUTER,
          '"traefik.tcp.routers.${STACK_NAME}.rule=HostSNI(`${DOMAIN}`)"\n        - "traefik.tcp.routers.${STACK_NAME}.entrypoints=web-secure"\n        - "traefik.tcp.routers.${STACK_NAME}.tls.passthrough=true"\n        - "traefik.tcp.services.${STACK_NAME}.loadbalancer.server.port=443"\n        - "traefik.http.routers.${STACK_NAME}.rule=Host(`unused.${DOMAIN}`)"',
        ),
        {
          file: 'nginx.conf.tmpl',
          from: '    listen 80;',
          to: '    listen 80;\n    listen 443 ssl;\n    ssl_certificate /etc/own.pem;\n    ssl_certificate_key /etc/own.pem;',
        },
        inCompose(
          '      - source: index_html',
          '      - source: own_pem\n        target: /etc/own.pem\n      - source: index_html',
        ),
        inCompose(
          '\nconfigs:\n',
          '\nconfigs:\n  own_pem:\n    name: ${STACK_NAME}_own_pem_v1\n    file: own.pem\n',
        ),
        { file: 'abra.sh', from: 'export NGINX', to: 'export OWN_PEM_VERSION=v1\nexport NGINX' },
      ],
      { files: { 'own.pem': '__OWN_PEM__' } },
    ),
    spread: true,
    expected: {
      ...red('install', 'bad_certificate', /signs itself/),
      check: { name: /^HTTPS answer/, status: 'pass' },
    },
  },
  {
    name: 'proxy-certificate',
    about: 'the proxy has no certificate and shows its own default one',
    releases: only('site', []),
    env: ({ bareGateway }) => ({ CCCI_GATEWAY: bareGateway }),
    expected: red('install', 'bad_certificate', /default certificate/),
  },
  {
    name: 'proxy-down',
    about: 'nothing listens where the proxy should be: no word on the recipe',
    releases: only('site', []),
    custom: SOON,
    env: () => ({ CCCI_GATEWAY: '127.0.0.1:9' }),
    expected: fault('fault', /gateway takes no connection/),
  },
]
