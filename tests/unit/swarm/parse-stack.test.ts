import t from 'tap'
import { hashTaskSpec } from '../../../lib/swarm/canonical-hash.js'
import { parseStack } from '../../../lib/swarm/parse-stack.js'
import type { RawService } from '../../../lib/swarm/raw.js'

const parse = (service: RawService, more: Partial<Parameters<typeof parseStack>[1]> = {}) =>
  parseStack('a-1_ci_test', { services: [service], tasks: [], containers: [], ...more })

const bare: RawService = { ID: 's', Spec: { Name: 'a-1_ci_test_app' } }

t.test('a service loses the stack in its name and the digest in its image', async t => {
  const Image = 'reg.io:5000/org/app:1@sha256:abc'
  const [service] = parse({
    ...bare,
    Spec: { ...bare.Spec, TaskTemplate: { ContainerSpec: { Image } } },
  }).services
  t.match(service, {
    name: 'app',
    fullName: 'a-1_ci_test_app',
    image: 'reg.io:5000/org/app:1',
    specImage: Image,
  })
})

t.test('whatever the Engine leaves out has a plain value', async t => {
  const [service] = parse(bare).services
  t.match(service, {
    mode: 'replicated',
    replicas: 1,
    restart: 'any',
    failureAction: 'pause',
    mounts: [],
    env: [],
  })
  t.equal(service?.update, undefined)
  t.equal(service?.healthcheck, undefined)
})

t.test('only named volumes are mounts, and a relative secret lies below /run/secrets', async t => {
  const ContainerSpec = {
    Mounts: [
      { Type: 'volume', Source: 'a-1_ci_test_data', Target: '/data', ReadOnly: true },
      { Type: 'volume', Target: '/anonymous' },
      { Type: 'bind', Source: '/etc', Target: '/etc' },
    ],
    Secrets: [
      { SecretName: 'one', File: { Name: 'pw' } },
      { SecretName: 'two', File: { Name: '/etc/pw' } },
    ],
  }
  const [service] = parse({
    ...bare,
    Spec: { ...bare.Spec, TaskTemplate: { ContainerSpec } },
  }).services
  t.strictSame(service?.mounts, [{ volume: 'a-1_ci_test_data', target: '/data', readOnly: true }])
  t.strictSame(
    service?.secrets.map(each => each.file),
    ['/run/secrets/pw', '/etc/pw'],
  )
})

t.test('a volume that a driver keeps elsewhere says so', async t => {
  const Options = { type: 'none', o: 'bind', device: '/srv/media' }
  const configs = [{ Name: 'local', Options }, { Name: 'rclone' }, {}, { Options: {} }, undefined]
  const Mounts = configs.map((DriverConfig, index) => ({
    Type: 'volume',
    Source: `v${index}`,
    VolumeOptions: { Labels: {}, ...(DriverConfig === undefined ? {} : { DriverConfig }) },
  }))
  const Spec = { ...bare.Spec, TaskTemplate: { ContainerSpec: { Mounts } } }
  const [service] = parse({ ...bare, Spec }).services
  t.strictSame(
    service?.mounts.map(({ driver }) => driver),
    [
      { name: 'local', options: Options },
      { name: 'rclone', options: {} },
      ...Array.from({ length: 3 }, () => undefined),
    ],
  )
})

t.test('a health check that says NONE is none', async t => {
  const ContainerSpec = { Healthcheck: { Test: ['NONE'] } }
  const [service] = parse({
    ...bare,
    Spec: { ...bare.Spec, TaskTemplate: { ContainerSpec } },
  }).services
  t.equal(service?.healthcheck, undefined)
})

t.test('the health of a container is read from its status text', async t => {
  const texts = [
    'Up 2 s (health: starting)',
    'Up 2 s (healthy)',
    'Up 2 s (unhealthy)',
    'Up 2 s',
    'Exited (0)',
  ]
  const containers = texts.map((Status, index) => ({ Id: String(index), Status }))
  t.strictSame(
    parse(bare, { containers }).containers.map(each => each.health),
    ['starting', 'healthy', 'unhealthy', 'none', 'none'],
  )
})

t.test('the hash of a task spec knows no key order, no empty parts and no placement', async t => {
  const spec = {
    ContainerSpec: { Image: 'a', Args: ['x'] },
    Networks: [{ Target: 'n', Aliases: ['app'] }],
  }
  const same = {
    Networks: [{ Aliases: ['app'], Target: 'n' }],
    Placement: { Constraints: ['node.role == manager'] },
    ForceUpdate: 0,
    Resources: {},
    Runtime: 'container',
    ContainerSpec: { Args: ['x'], Image: 'a', Env: null, User: '' },
  }
  t.equal(hashTaskSpec(spec), hashTaskSpec(same))
  for (const other of [
    { ...spec, ForceUpdate: 1 },
    { ...spec, ContainerSpec: { ...spec.ContainerSpec, Image: 'b' } },
    { ...spec, ContainerSpec: { ...spec.ContainerSpec, Args: ['x', 'y'] } },
    { ...spec, Networks: [] },
  ]) {
    t.not(hashTaskSpec(spec), hashTaskSpec(other))
  }
})
