import { access, constants, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Env } from '../domain/env.js'

/** The first program of this name on PATH, as a shell finds it; relative folders of PATH do not count. */
export async function findProgram(env: Env, name: string): Promise<string | undefined> {
  for (const dir of (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
    const file = join(dir, name)
    if (await isProgram(file)) return file
  }
  return undefined
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}
