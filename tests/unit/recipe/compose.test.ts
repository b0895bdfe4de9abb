import t from 'tap'
import {
  imagesOf,
  isBackedUp,
  readCompose,
  swarmNames,
  versionOf,
  type ComposeProject,
} from '../../../lib/recipe/compose.js'

const STACK = 'note-3fa9c1_ci_example_org'

async function read(
  files: Readonly<Record<string, string>>,
  envText = '',
): Promise<ComposeProject> {
  return readCompose({
    read: async path => files[path],
    envText,
    stack: STACK,
    domain: 'note-3fa9c1.ci.example.org',
  })
}

const BASE = `
version: "3.8"
x-health: &health {interval: 5s, retries: 3}
services:
  app:
    image: \${IMAGE:-notes}:1.10
    environment:
      - DOMAIN
      - URL=https://\${DOMAIN}/?a=b
    volumes: [uploads:/data, /anonymous, "./conf:/conf:ro", "/var/run/docker.sock:/s:ro"]
    secrets:
      - db_password
      - {source: token, target: api_token, mode: 0400}
    configs: [{source: entry, target: /entry.sh}]
    networks: [proxy, internal]
    healthcheck:
      <<: *health
      test: ["CMD", "curl", "-f", "http://localhost"]
    deploy:
      labels:
        - "traefik.enable=true"
        - "coop-cloud.\${STACK_NAME}.version=1.2.0+3.0.0"
        - coop-cloud.\${STACK_NAME}.chaos-version=deadbeef
        - "backupbot.backup=\${ENABLE_BACKUPS:-true}"
        - "backupbot.backup.volumes.uploads.path=a,b"
  cron:
    image: notes:1.10
    healthcheck: {disable: true}
    deploy: {replicas: 0, mode: replicated}
secrets:
  db_password: {external: true, name: "\${STACK_NAME}_db_password_\${SECRET_DB_PASSWORD_VERSION}"}
  token: {external: true}
configs:
  entry: {name: "\${STACK_NAME}_entry_\${ENTRY_VERSION}", file: entry.sh}
volumes: {uploads: , shared: {external: true}, named: {name: other}}
`
const POSTGRES = `
services:
  app:
    image: notes:1.11
    environment: {DB: postgres, URL: changed}
    volumes: [{type: volume, source: moved, target: /data, read_only: true}]
    networks: {database: }
    deploy: {labels: {backupbot.backup: "false", extra: 1}}
  db: {image: "postgres:15", deploy: {mode: global}}
`
const ENV = 'SECRET_DB_PASSWORD_VERSION=v1\nENTRY_VERSION=v0\n'
const SCRIPT = 'export ENTRY_VERSION=v3 # said here\nENTRY_VERSION=v9\necho "$(rm -rf /)"\n'

t.test(
  'a compose file is read with its variables filled in and names as Swarm has them',
  async t => {
    const project = await read({ 'compose.yml': BASE, 'abra.sh': SCRIPT }, ENV)
    t.strictSame(project.problems, [])
    const [app, cron] = project.services
    t.match(app, {
      name: 'app',
      image: 'notes:1.10',
      environment: { DOMAIN: '', URL: 'https://note-3fa9c1.ci.example.org/?a=b' },
      mounts: [
        { kind: 'volume', source: 'uploads', target: '/data', readOnly: false },
        { kind: 'volume', source: undefined, target: '/anonymous', readOnly: false },
        { kind: 'bind', source: './conf', target: '/conf', readOnly: true },
        { kind: 'bind', source: '/var/run/docker.sock', target: '/s', readOnly: true },
      ],
      secrets: [
        { source: 'db_password', target: 'db_password' },
        { source: 'token', target: 'api_token' },
      ],
      networks: ['proxy', 'internal'],
      healthcheck: {
        test: 'CMD curl -f http://localhost',
        fields: { interval: '5s', retries: '3' },
      },
      replicas: undefined,
      mode: 'replicated',
    })
    t.match(cron, { healthcheck: undefined, replicas: 0 })
    t.strictSame(swarmNames(project), [
      { kind: 'secret', name: `${STACK}_db_password_v1` },
      { kind: 'secret', name: 'token' },
      { kind: 'config', name: `${STACK}_entry_v3` },
    ])
    t.strictSame(project.volumes, [
      { key: 'uploads', name: `${STACK}_uploads`, external: false },
      { key: 'shared', name: 'shared', external: true },
      { key: 'named', name: 'other', external: false },
    ])
  },
)

t.test('an empty COMPOSE_FILE means the one file that is always there', async t => {
  const project = await read({ 'compose.yml': BASE }, 'COMPOSE_FILE=\n')
  t.strictSame(project.files, ['compose.yml'])
})

t.test('later files win, field by field', async t => {
  const env = `${ENV}COMPOSE_FILE="compose.yml"\nCOMPOSE_FILE="$COMPOSE_FILE:sub/postgres.yml"\n`
  const project = await read({ 'compose.yml': BASE, 'sub/postgres.yml': POSTGRES }, env)
  t.strictSame(project.files, ['compose.yml', 'sub/postgres.yml'])
  const app = project.services.find(({ name }) => name === 'app')
  t.match(app, {
    image: 'notes:1.11',
    environment: { DB: 'postgres', URL: 'changed', DOMAIN: '' },
    networks: ['proxy', 'internal', 'database'],
    deployLabels: { 'traefik.enable': 'true', 'backupbot.backup': 'false', extra: '1' },
  })
  t.strictSame(
    app?.mounts.filter(({ target }) => target === '/data'),
    [{ kind: 'volume', source: 'moved', target: '/data', readOnly: true }],
    'a mount is replaced by its target',
  )
  t.strictSame(imagesOf(project), ['notes:1.11', 'notes:1.10', 'postgres:15'])
  t.notOk(isBackedUp(project))
})

const VERSION_LABELS: [string, string | undefined][] = [
  ['labels: ["coop-cloud.${STACK_NAME}.version=1.0.0+2.0"]', '1.0.0+2.0'],
  ['labels: {coop-cloud.$STACK_NAME.version: 1.10.0+2.0}', '1.10.0+2.0'],
  ['labels: {"coop-cloud.${STACK_NAME}.version": "1.0.0+2.0"}', '1.0.0+2.0'],
  ['labels: ["coop-cloud.${STACK_NAME}.version=0.0.1"]', '0.0.1'],
  ['labels: ["coop-cloud.${STACK_NAME}.version="]', undefined],
  ['labels: ["coop-cloud.${STACK_NAME}.version=${VERSION:-latest}"]', undefined],
  ['labels: ["coop-cloud.${STACK_NAME}.chaos-version=1.0.0+2.0"]', undefined],
  ['labels: ["coop-cloud.${STACK_NAME}.app.version=1.0.0+2.0"]', undefined],
  ['labels: ["coop-cloud.other.version=1.0.0+2.0"]', undefined],
  ['labels:', undefined],
]

t.test('the version of a commit is what its label says, however it is written', async t => {
  for (const [labels, version] of VERSION_LABELS)
    t.equal(
      versionOf(await read({ 'compose.yml': `services: {web: {deploy: {${labels}}}}` }), STACK),
      version,
      labels,
    )
  const block =
    'services:\n  app:\n    deploy:\n      labels:\n        - coop-cloud.${STACK_NAME}.version=1.0.0+2.0'
  t.equal(versionOf(await read({ 'compose.yml': block }), STACK), '1.0.0+2.0', 'unquoted')
  const two = await read({
    'compose.yml': `
services:
  db: {deploy: {labels: ["coop-cloud.\${STACK_NAME}.version=0.1.0+1"]}}
  app: {deploy: {labels: ["coop-cloud.\${STACK_NAME}.version=0.2.0+1"]}}`,
  })
  t.equal(versionOf(two, STACK), '0.2.0+1', 'app speaks first')
})

const BACKUPS: [string, boolean][] = [
  ['deploy: {labels: ["backupbot.backup=true"]}', true],
  ['deploy: {labels: {backupbot.backup: true}}', true],
  ['deploy: {labels: {"backupbot.backup": "${ENABLE_BACKUPS:-true}"}}', true],
  ['deploy: {labels: {backupbot.backup: "1"}}', true],
  ['deploy: {labels: ["backupbot.backup=yes"]}', true],
  ['deploy: {labels: ["backupbot.backup=${ENABLE_BACKUPS}"]}', false],
  ['deploy: {labels: ["backupbot.backup=false"]}', false],
  ['deploy: {labels: ["backupbot.backup.path=/data"]}', false],
  ['deploy: {labels: ["backupbot.restore=true"]}', false],
  ['labels: ["backupbot.backup=true"]', true],
  ['image: x', false],
]

t.test('a recipe can be backed up when a service says backupbot.backup true', async t => {
  for (const [service, capable] of BACKUPS)
    t.equal(
      isBackedUp(await read({ 'compose.yml': `services: {app: {${service}}}` })),
      capable,
      service,
    )
})

const bomb = Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} {p: *a${n}, q: *a${n}}`)

const chain = Array.from({ length: 3000 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}]`)
const ITSELF = /"compose.yml": an anchor contains itself/

const HOSTILE: [string, Record<string, string>, RegExp][] = [
  ['missing file', {}, /"compose.yml" is named in COMPOSE_FILE and is not there/],
  ['broken YAML', { 'compose.yml': 'services: [' }, /"compose.yml": /],
  ['alias bomb', { 'compose.yml': ['a0: &a0 {k: v}', ...bomb].join('\n') }, /alias/],
  ['anchor in itself', { 'compose.yml': 'services: {app: &a {labels: *a}}' }, ITSELF],
  ['anchor below itself', { 'compose.yml': 'services: &s {app: {labels: [x, *s]}}' }, ITSELF],
  [
    'anchor merged into itself',
    { 'compose.yml': 'services: {app: &a {<<: *a}}' },
    /compose.yml": /,
  ],
  ['alias chain', { 'compose.yml': ['a0: &a0 []', ...chain].join('\n') }, /nested too deep/],
  ['brackets', { 'compose.yml': '['.repeat(100_000) }, /nested too deep/],
  ['sequences', { 'compose.yml': '- '.repeat(60_000) }, /nested too deep/],
  ['size', { 'compose.yml': '#'.repeat(1 << 20) }, /larger than/],
  ['required', { 'compose.yml': 'services: {app: {image: "${I:?say which}"}}' }, /I \(say which\)/],
]

t.test(
  'a bad compose file is said to be bad, before it takes the host down, and breaks nothing',
  async t => {
    for (const [name, files, problem] of HOSTILE) {
      const project = await read(files)
      t.match(project.problems.join('\n'), problem, name)
    }
  },
)

t.test('what lies behind the first document is not read, as by abra', async t => {
  const own = 'services: {app: {image: "notes:1"}}\n'
  for (const rest of ['---\n', '--- {services: {other: {image: b}}}\n', '...\n']) {
    const project = await read({ 'compose.yml': `---\n${own}${rest}` })
    t.match(project, { services: [{ name: 'app' }], problems: [] }, rest)
    t.equal(project.services.length, 1)
  }
})

t.test('a large stack names an anchor for each of its services', async t => {
  const many = Array.from({ length: 150 }, (_, n) => `  s${n}: {image: a, logging: *log}`)
  const text = ['x-log: &log {driver: json-file}', 'services:', ...many].join('\n')
  t.match(await read({ 'compose.yml': text }), { services: { length: 150 }, problems: [] })
})

t.test('variables that grow without end do not', async t => {
  const doubling = ['A=xxxxxxxx', ...Array<string>(60).fill('A=$A$A')].join('\n')
  const labels = Array<string>(5000).fill('"${A}"').join(', ')
  const project = await read({ 'compose.yml': `services: {app: {labels: [${labels}]}}` }, doubling)
  t.match(project.problems.join('\n'), /more than anything could mean/)
})

const ODD = [
  'null',
  '[]',
  'text',
  '{services: []}',
  '{services: {app: }}',
  '{services: {app: [x]}}',
  '{services: {app: {volumes: {a: b}, deploy: x, labels: [[1]], healthcheck: [x], secrets: [{}]}}}',
  '{services: {__proto__: {image: x}}, volumes: {__proto__: {name: y}}}',
]

t.test('a compose file of the wrong shape reads as empty', async t => {
  for (const text of ODD) {
    const project = await read({ 'compose.yml': text })
    t.equal(versionOf(project, STACK), undefined, text)
    t.notOk(isBackedUp(project), text)
  }
  t.equal(({} as Record<string, unknown>)['image'], undefined, 'nothing leaks into all objects')
})
