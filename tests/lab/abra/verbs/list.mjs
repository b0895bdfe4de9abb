import { appFiles } from '../abra-dir.mjs'
import { readApp } from '../app.mjs'
import { Fatal, print } from '../log.mjs'
import { ensureTree } from '../recipe/ensure.mjs'
import { compareVersions, isVersion } from '../recipe/tags.mjs'
import { versions } from '../recipe/tree.mjs'
import { readDeployment, tasks } from '../swarm/stack.mjs'
import { printTable } from '../terminal.mjs'

/** Every app that has an env file; what the swarm knows of it only with --status. */
export async function apps({ flags }) {
  const servers = {}
  for (const file of appFiles()) {
    if (flags.server && file.server !== flags.server) continue
    const app = readApp(file.domain)
    if (flags.recipe && app.recipe !== flags.recipe) continue
    const row = await describe(app, flags)
    servers[file.server] ??= []
    servers[file.server].push(row)
  }
  if (flags.machine) {
    const entries = Object.entries(servers).map(([server, rows]) => [server, summary(rows)])
    return print(JSON.stringify(Object.fromEntries(entries)))
  }
  const headings = [
    'server',
    'domain',
    'recipe',
    ...(flags.status ? ['status', 'chaos', 'version', 'upgrade'] : []),
  ]
  const rows = Object.values(servers).flat()
  printTable(
    headings,
    rows.map(row => headings.map(heading => row[heading].split('\n')[0])),
  )
}

async function describe(app, flags) {
  const known = {
    server: app.server,
    recipe: app.recipe,
    appName: app.domain,
    domain: app.env['DOMAIN'] ?? '',
  }
  const unknown = {
    status: 'unknown',
    chaos: 'unknown',
    chaosVersion: 'unknown',
    version: 'unknown',
    upgrade: 'unknown',
  }
  const deployment = flags.status ? await readDeployment(app.stack) : { isDeployed: false }
  if (!deployment.isDeployed) return { ...known, ...unknown }
  const { version, chaos, chaosVersion } = deployment
  return {
    ...known,
    status: 'deployed',
    chaos,
    chaosVersion,
    version,
    upgrade: await upgradesOf(app, version),
  }
}

async function upgradesOf(app, version) {
  if (!isVersion(version)) return 'unknown'
  const newer = (await versions(app.recipe)).filter(one => compareVersions(one, version) > 0)
  return newer.length === 0 ? 'latest' : newer.reverse().join('\n')
}

function summary(rows) {
  const count = test => rows.filter(test).length
  return {
    apps: rows,
    appCount: rows.length,
    versionCount: count(row => row.version !== 'unknown'),
    unversionedCount: count(row => row.version === 'unknown'),
    latestCount: count(row => row.upgrade === 'latest'),
    upgradeCount: count(row => !['latest', 'unknown'].includes(row.upgrade)),
  }
}

const HEADINGS = ['service', 'image', 'state', 'status', 'created', 'ports', 'version', 'chaos']

/** The services of one app, each with its newest task. */
export async function services({ args: [domain], flags }) {
  const app = readApp(domain)
  await ensureTree(app, flags)
  const deployment = await readDeployment(app.stack)
  if (!deployment.isDeployed) throw new Fatal(`${domain} is not deployed?`)
  const all = await tasks(app.stack)
  const rows = deployment.services.map(service => {
    const own = all.filter(task => task.ServiceID === service.ID && task.DesiredState === 'running')
    const status = own[0]?.Status
    return {
      service: service.Spec.Name.slice(app.stack.length + 1),
      image: service.Spec.TaskTemplate.ContainerSpec.Image.split('@')[0],
      state: status?.State ?? 'unknown',
      status: status?.Message ?? 'unknown',
      created: service.CreatedAt,
      ports: (service.Endpoint?.Ports ?? [])
        .map(port => `${port.PublishedPort}->${port.TargetPort}`)
        .join(', '),
      version: deployment.version,
      chaos: deployment.chaos,
    }
  })
  if (flags.machine)
    return print(JSON.stringify(Object.fromEntries(rows.map(row => [row.service, row]))))
  printTable(
    HEADINGS,
    rows.map(row => HEADINGS.map(heading => row[heading])),
  )
}
