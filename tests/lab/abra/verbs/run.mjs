import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { recipeDir } from '../abra-dir.mjs'
import { deployEnv, readApp } from '../app.mjs'
import { runChild } from '../child.mjs'
import { Fatal, info, print } from '../log.mjs'
import { ensureTree } from '../recipe/ensure.mjs'
import { exec, get, post } from '../swarm/engine.mjs'
import { readDeployment, runningContainer, tasks } from '../swarm/stack.mjs'
import { wantTerminalForExec } from '../terminal.mjs'

const POLL_MS = 250
const PATIENCE_MS = 120_000

/** One-off command in a running container. */
export async function run({ args: [domain, service, ...cmd], flags }) {
  const app = readApp(domain)
  const container = await runningContainer(`${app.stack}_${service}`)
  const terminal = !flags.noTty
  if (terminal) wantTerminalForExec()
  const code = await exec(container, { cmd, user: flags.user, terminal })
  if (code !== 0) throw new Fatal(`exit status ${code}`)
}

/** Runs a function of the recipe's abra.sh, in the container or here. */
export async function cmd({ args, flags }) {
  const [domain, ...words] = args
  const app = readApp(domain)
  await ensureTree(app, flags)
  const [service, name, ...rest] = flags.local ? [undefined, ...words] : words
  if (!name) throw new Fatal('missing <service>/<cmd> arguments?')
  const script = readScript(app.recipe, name)
  const called = `${name} ${rest.map(quote).join(' ')}`
  const head = `APP_NAME=${quote(domain)}; STACK_NAME=${quote(app.stack)}; TARGET=${quote(service ?? '')}`
  const argv = ['/bin/sh', '-c', `${head}\n${script}\n${called}`]
  const code = flags.local
    ? await runHere(app, argv)
    : await runThere(app, { service, argv, flags })
  if (code !== 0) throw new Fatal(`exit status ${code}`)
}

function readScript(recipe, name) {
  const file = join(recipeDir(recipe), 'abra.sh')
  if (!existsSync(file)) throw new Fatal(`${file} does not exist for ${recipe}?`)
  const script = readFileSync(file, 'utf8')
  if (!new RegExp(`^\\s*(function\\s+)?${name}\\s*\\(\\)`, 'm').test(script)) {
    throw new Fatal(`${recipe} doesn't have a ${name} function`)
  }
  return script
}

const quote = text => `'${text.replaceAll("'", "'\\''")}'`

async function runHere(app, argv) {
  const { code, stdout, stderr } = await runChild(argv, {
    env: { ...process.env, ...deployEnv(app) },
    cwd: process.cwd(),
  })
  process.stdout.write(stdout)
  process.stderr.write(stderr)
  return code
}

async function runThere(app, { service, argv, flags }) {
  const container = await runningContainer(`${app.stack}_${service}`)
  if (flags.tty) wantTerminalForExec()
  return exec(container, { cmd: argv, user: flags.user, terminal: flags.tty === true })
}

/** Follows until it is killed. */
export async function logs({ args: [domain, service], flags }) {
  const app = readApp(domain)
  const found = (await readDeployment(app.stack)).services.map(one => one.Spec.Name)
  const names = service ? [`${app.stack}_${service}`] : found
  if (names.length === 0) throw new Fatal(`${domain} is not deployed?`)
  const since = flags.since ? ['--since', flags.since] : []
  await Promise.all(
    names.map(async name => {
      const argv = ['docker', 'service', 'logs', '--follow', ...since, name]
      const { code } = await runChild(argv, {
        onOutput: (stream, text) => {
          if (stream === 'stdout' || !flags.stdoutOnly) process.stdout.write(text)
        },
      })
      if (code !== 0) throw new Fatal(`no logs of ${name}`)
    }),
  )
}

/** Scales a service to nothing, and back. */
export async function restart({ args: [domain, service], flags }) {
  const app = readApp(domain)
  await ensureTree(app, flags)
  const deployment = await readDeployment(app.stack)
  if (!deployment.isDeployed) throw new Fatal(`${domain} is not deployed?`)
  if (!service && !flags.allServices) throw new Fatal('missing [service]')
  const chosen = deployment.services.filter(
    one => flags.allServices || one.Spec.Name === `${app.stack}_${service}`,
  )
  if (chosen.length === 0) throw new Fatal(`${service} does not exist?`)
  for (const one of chosen) {
    const replicas = one.Spec.Mode.Replicated?.Replicas
    if (!replicas) continue
    print(`restarting ${one.Spec.Name}`)
    await scale(one.ID, 0)
    await scale(one.ID, replicas)
  }
  info('restart succeeded 🟢')
}

async function scale(id, replicas) {
  const { Spec: spec, Version: version } = await get(`/services/${id}`)
  const mode = { Replicated: { Replicas: replicas } }
  await post(`/services/${id}/update?version=${version.Index}`, { ...spec, Mode: mode })
  const deadline = Date.now() + PATIENCE_MS
  for (;;) {
    const stack = spec.Labels['com.docker.stack.namespace']
    const up = (await tasks(stack)).filter(
      task => task.ServiceID === id && task.Status.State === 'running',
    )
    if (up.length === replicas) return
    if (Date.now() > deadline) throw new Fatal('restart timed out 🟠')
    await sleep(POLL_MS)
  }
}
