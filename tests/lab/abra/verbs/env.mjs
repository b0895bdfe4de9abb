import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { recipeDir } from '../abra-dir.mjs'
import { readApp } from '../app.mjs'
import { parseEnv } from '../env-file.mjs'
import { Fatal } from '../log.mjs'
import { ensureTree } from '../recipe/ensure.mjs'
import { printTable } from '../terminal.mjs'

export async function list({ args: [domain] }) {
  printTable(['name', 'value'], Object.entries(readApp(domain).env))
}

/** Which names of the recipe's sample the app's env file has. */
export async function check({ args: [domain], flags }) {
  const app = readApp(domain)
  await ensureTree(app, flags)
  const sample = join(recipeDir(app.recipe), '.env.sample')
  if (!existsSync(sample)) throw new Fatal(`open ${sample}: no such file or directory`)
  const { env } = parseEnv(readFileSync(sample, 'utf8'))
  const rows = Object.keys(env).map(name => [name, Object.hasOwn(app.env, name) ? '✅' : '❌'])
  printTable(['recipe env sample', 'app env'], rows)
}
