import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { appFiles, recipeDir } from './abra-dir.mjs'
import { behaviour } from './behaviours.mjs'
import { readEnvFile, readExports } from './env-file.mjs'
import { Fatal } from './log.mjs'

/** An app as its env file describes it. */
export function readApp(domain) {
  const found = appFiles().find(app => app.domain === domain)
  if (!found) throw new Fatal(`cannot find app with name ${domain}`)
  const { env, modifiers } = readEnvFile(found.path)
  const type = env['RECIPE'] || env['TYPE']
  if (!type) throw new Fatal(`${domain} is missing the TYPE env var?`)
  const colon = type.indexOf(':')
  const recipe = colon < 0 ? type : type.slice(0, colon)
  const version = colon < 0 ? '' : type.slice(colon + 1)
  const stack = env['STACK_NAME'] || stackOf(domain)
  return { ...found, recipe, version, stack, modifiers, env: { ...env, STACK_NAME: stack } }
}

/** Dots to underscores, hyphens kept; cut at 45 characters. */
export function stackOf(domain) {
  const whole = domain.replaceAll('.', '_')
  return behaviour('STACK_CUT') === '45' ? whole.slice(0, 45).replace(/_$/, '') : whole
}

/** The app's environment at deploy: its env file, and the exports of the recipe's abra.sh over it. */
export function deployEnv(app) {
  const file = join(recipeDir(app.recipe), 'abra.sh')
  return existsSync(file) ? { ...app.env, ...readExports(readFileSync(file, 'utf8')) } : app.env
}

/** The compose files that the environment names, else compose.yml; each must be there. */
export function composeFiles(recipe, env) {
  const names = (env['COMPOSE_FILE'] || 'compose.yml').split(':').filter(name => name !== '')
  return names.map(name => {
    const file = join(recipeDir(recipe), name)
    if (!existsSync(file)) throw new Fatal(`stat ${file}: no such file or directory`)
    return file
  })
}
