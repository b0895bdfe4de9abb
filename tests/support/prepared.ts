import { join } from 'node:path'
import type { Config, RunRequest } from '../../lib/domain/request.js'
import { stackOf, type AppDomain, type RecipeName, type RunId } from '../../lib/domain/names.js'
import { TIERS, type Tier } from '../../lib/domain/tiers.js'
import { createGit } from '../../lib/git/git.js'
import { parseMeta } from '../../lib/recipe/meta.js'
import { prepare, type Prepared } from '../../lib/run/prepare.js'
import { realRunner } from './runner.js'

/** What a run finds out about the recipe in `<dir>/source` before anything is created. */
export async function prepareFrom(
  dir: string,
  { meta = '', tiers = TIERS }: { readonly meta?: string; readonly tiers?: readonly Tier[] } = {},
): Promise<Prepared> {
  const git = createGit({ run: await realRunner(), env: process.env })
  const request = { ...requestFor(dir), tiers }
  const places = { dir: join(dir, 'run/recipes/web'), keep: join(dir, 'run/kept') }
  const operatorMeta = parseMeta('recipe-ci.yml', meta)
  const asked = { request, stack: stackOf(request.domain), operatorMeta, ...places }
  return prepare({ git, emit: () => undefined }, asked)
}

function requestFor(dir: string): RunRequest {
  const config = {
    domain: 'ci.example.org',
    recipesDir: join(dir, 'recipes'),
    upstreamBase: dir,
    abraDir: join(dir, 'abra'),
  } as Config
  return {
    config,
    recipe: 'web' as RecipeName,
    ref: undefined,
    version: undefined,
    pr: 0,
    src: { kind: 'path', location: join(dir, 'source') },
    skipFetch: false,
    runId: 'r' as RunId,
    domain: 'web-000000.ci.example.org' as AppDomain,
  } as unknown as RunRequest
}
