import { fileURLToPath } from 'node:url'
import type { Lab } from '../lab/lab.js'

/** Where the measuring happens. */
export type Place = {
  /** The clone. */
  readonly root: string
  readonly cli: string
  readonly lab: Lab
  /** Of both sides: the lab's, and nothing of tap's. */
  readonly env: NodeJS.ProcessEnv
}

export function placeIn(lab: Lab): Place {
  const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
  const env = { ...process.env, NODE_OPTIONS: undefined, ...lab.env }
  return { root, cli: `${root}/bin/recipe-ci`, lab, env }
}
