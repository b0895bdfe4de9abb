import t from 'tap'
import { createEars } from '../../../lib/swarm/ears.js'
import type { Engine } from '../../../lib/swarm/engine.js'
import { container, ended, historyOf, look, service, task } from '../../support/stack-facts.js'

/** Whether a service beside an app that fails is asked whether it listens. */
async function isAsked(image: string): Promise<boolean> {
  let asked = false
  const exec = () => {
    asked = true
    return Promise.resolve({ stdout: '', stderr: '', exitCode: 1 })
  }
  const facts = {
    services: [service('app'), service('other', { image })],
    tasks: [task('other', 'o'), ended('app', 'a', { exitCode: 1 })],
    containers: [container('other', 'o', 'none')],
  }
  await createEars({ exec } as unknown as Engine).hear(historyOf([look(1, facts)]), facts)
  return asked
}

t.test('databases, and servers that apps wait for, are asked whether they listen', async t => {
  for (const image of [
    'postgres:16',
    'docker.elastic.co/elasticsearch/elasticsearch:8.1.0',
    'opensearchproject/opensearch:2',
    'solr:9',
    'clickhouse/clickhouse-server:24',
    'rabbitmq:3-management',
    'getmeili/meilisearch:v1',
    'couchdb:3',
    'cassandra:5',
    'memcached:1',
    'quay.io/keycloak/keycloak:26',
    'minio/minio:latest',
  ])
    t.ok(await isAsked(image), image)
})

t.test('a worker, and what only carries such a name, are not', async t => {
  for (const image of [
    'app:1',
    'elasticsearch-exporter:1',
    'opensearch-dashboards:2',
    'minio/mc:1',
  ])
    t.notOk(await isAsked(image), image)
})
