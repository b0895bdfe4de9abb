import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { Fatal } from './log.mjs'

/** `$ABRA_DIR`, else the key abraDir of an abra.yml from the working directory upward, else `~/.abra`. */
export function abraDir() {
  return (
    process.env['ABRA_DIR'] ||
    fromConfig(process.cwd()) ||
    join(process.env['HOME'] ?? '/', '.abra')
  )
}

function fromConfig(dir) {
  for (const name of ['abra.yml', 'abra.yaml']) {
    const file = join(dir, name)
    const found = existsSync(file) && /^abraDir:\s*(\S+)/m.exec(readFileSync(file, 'utf8'))
    if (found) return found[1].replace(/^["']|["']$/g, '')
  }
  return dir === '/' ? undefined : fromConfig(dirname(dir))
}

export const serversDir = () => join(abraDir(), 'servers')
export const recipeDir = recipe => join(abraDir(), 'recipes', recipe)
export const cataloguePath = () => join(abraDir(), 'catalogue', 'recipes.json')

/** The servers known here, by folder; a folder may be a symbolic link. */
export function serverNames() {
  const dir = serversDir()
  const names = existsSync(dir)
    ? readdirSync(dir).filter(name => statSync(join(dir, name)).isDirectory())
    : []
  if (names.length === 0) throw new Fatal(`directory is empty: ${dir}`)
  return names
}

/** Every app known here: its name is the name of its env file. */
export function appFiles() {
  return serverNames().flatMap(server =>
    readdirSync(join(serversDir(), server))
      .filter(name => name.endsWith('.env') && name.length > '.env'.length)
      .map(name => ({
        domain: name.slice(0, -'.env'.length),
        server,
        path: join(serversDir(), server, name),
      })),
  )
}
