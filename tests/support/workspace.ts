import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { ROOT } from './runner.js'

/** What the CI runner makes for a build, and deletes at its cancel while the harness still runs. */
export type Workspace = {
  readonly home: string
  /** A whole copy of the checkout as it is when built, with the packages that it needs. */
  readonly src: string
  readonly step: string
  readonly remove: () => void
}

const BUILT = ['bin', 'dist', 'build/Release/recipe-ci-guard', 'package.json']

export function makeWorkspace(t: Test): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'recipe-ci-workspace-'))
  const remove = () => {
    rmSync(root, { recursive: true, force: true })
  }
  t.teardown(remove)
  const [home, src] = [join(root, 'home/drone'), join(root, 'drone/src')]
  mkdirSync(home, { recursive: true })
  const parts = [...BUILT, ...packagesOf(ROOT).map(name => join('node_modules', name))]
  for (const part of parts) cpSync(join(ROOT, part), join(src, part), { recursive: true })
  return { home, src, step: join(src, 'bin/step'), remove }
}

/** The names of all packages that a package needs in the end. */
function packagesOf(dir: string, seen = new Set<string>()): string[] {
  const text = readFileSync(join(dir, 'package.json'), 'utf8')
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Record<string, string> }
  for (const name of Object.keys(dependencies)) {
    const place = join(ROOT, 'node_modules', name)
    if (seen.has(name) || !existsSync(place)) continue
    seen.add(name)
    packagesOf(place, seen)
  }
  return [...seen]
}
