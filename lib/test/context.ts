import { readFileSync } from 'node:fs'
import type { Env } from '../domain/env.js'

/** What a test is told about the run: the file that RECIPE_CI_CONTEXT names. Names and fields only ever grow. */
export type Context = {
  readonly schema: number
  readonly recipe: string
  readonly domain: string
  readonly baseUrl: string
  /** host:port where the app is reached. */
  readonly gateway: string
  readonly caFile: string | null
  readonly stack: string
  /** Their short names. */
  readonly services: readonly string[]
  readonly recipeDir: string
  readonly runDir: string
  /** The op that the test runs beside; null for a custom test. */
  readonly op: unknown
  readonly versions: { readonly base: string | null; readonly head: string | null }
  readonly deps: Readonly<Record<string, unknown>>
}

/** @throws Error outside a run, saying how a test is run. */
export function readContext(env: Env): Context {
  const path = env['RECIPE_CI_CONTEXT']
  if (path === undefined || path === '') {
    throw new Error(
      'Cannot find the app under test: RECIPE_CI_CONTEXT is not set; "recipe-ci run" sets it for the tests of a recipe',
    )
  }
  return JSON.parse(readFileSync(path, 'utf8')) as Context
}
