import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { dockerAt, linesOf, type Docker } from '../lab/docker.js'
import { domainOf, leftOf, startLabRun } from '../support/lab-run.js'
import { until } from '../support/lives/processes.js'
import { runCli } from '../support/run-cli.js'
import { testLab } from '../support/test-lab.js'

/** Files of ours in the volumes of a stack, by whatever is in its containers. */
async function filesIn(docker: Docker, stack: string): Promise<readonly string[]> {
  const volumes = await linesOf(docker, ['volume', 'ls', '--quiet', '--filter', `name=^${stack}_`])
  const mounts = volumes.flatMap(name => ['--volume', `${name}:/look/${name}:ro`])
  const image = await docker(['service', 'inspect', `${stack}_db`, '--format', IMAGE])
  const find = ['find', '/look', '-name', '*recipe-ci*']
  return linesOf(docker, ['run', '--rm', '--entrypoint', '', ...mounts, image, ...find])
}

const IMAGE = '{{.Spec.TaskTemplate.ContainerSpec.Image}}'
const TABLES = "select tablename from pg_tables where tablename like '%recipe_ci%'"

async function tablesIn(docker: Docker, stack: string): Promise<readonly string[]> {
  const running = ['ps', '--quiet', '--filter', `name=${stack}_db`]
  const [container = ''] = await linesOf(docker, running)
  const ask = ['psql', '-U', 'notes', '-d', 'notes', '-Atc', TABLES]
  return linesOf(docker, ['exec', container, ...ask])
}

t.test('a kept app keeps none of our canaries, and goes when its lease is over', async t => {
  const lab = await testLab()
  const docker = dockerAt(lab.dockerHost)
  const args = ['--pr', '42', '--stages', 'install,backup,restore', '--keep']
  const run = startLabRun(lab, 'notes', { id: 'kept-notes', args })
  const listed = await run.until(({ type }) => type === 'canary.listed')
  const domain = domainOf(run.happenings)
  const stack = domain.replaceAll('.', '_')
  t.match(listed, { canaries: [{ covered: true }, { covered: true }, { covered: true }] })
  t.equal((await filesIn(docker, stack)).length, 2, 'they are there while they are needed')
  const { exitCode, results, stderr } = await run.ended
  t.equal(exitCode, 0, stderr)
  t.match(results, { rungs: { backup_restore: 'pass' }, flags: { clean_teardown: null } })
  t.strictSame(await filesIn(docker, stack), [])
  t.strictSame(await tablesIn(docker, stack), [])
  await rm(join(lab.stateDir, 'leases', `${domain}.json`))
  await runCli(['janitor'], { env: lab.env })
  // The run of another test may have been there first: then it takes the app down, and our sweep leaves it to that one.
  const gone = async () => (await leftOf(lab, domain)).length === 0
  t.ok(await until(gone, `the end of ${domain}`, 120_000))
})
