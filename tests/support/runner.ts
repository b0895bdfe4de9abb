import { fileURLToPath } from 'node:url'
import { findGuard } from '../../lib/process/guard.js'
import { createProcessRunner, type RunProcess } from '../../lib/process/run-process.js'

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The real runner under the real guard. */
export async function realRunner(mask = (text: string): string => text): Promise<RunProcess> {
  return createProcessRunner({ guard: await findGuard(process.env, ROOT), mask })
}
