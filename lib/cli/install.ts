import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the install: the nearest one above this file that holds package.json. */
export function findInstallDir(from: string = fileURLToPath(import.meta.url)): string {
  let dir = dirname(from)
  while (!existsSync(join(dir, 'package.json')) && dir !== '/') dir = dirname(dir)
  return dir
}

export function readVersion(installDir: string): string {
  const { version } = JSON.parse(readFileSync(join(installDir, 'package.json'), 'utf8')) as {
    version: string
  }
  return version
}
