import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Abra } from '../../abra/abra.js'
import { createAbraDir } from '../../recipe/abra-dir.js'
import type { Prepared } from '../../run/prepare.js'
import type { RunWiring } from './run-wiring.js'

/**
 * Lints the head in a pristine clone of its own, in an abra folder of its own, with the recipe's real origin: neither
 * overlays nor a mirror can blur what the rules say. Whatever keeps it from linting is no fault of the run: then lint is
 * unver. Throws for a signal alone.
 */
export async function lintHead(wiring: RunWiring, prepared: Prepared): Promise<void> {
  const { emit, host } = wiring
  const verdict = await lint(wiring, prepared).catch((error: unknown): Verdict => {
    host.lifetime.signal.throwIfAborted()
    return { status: 'unver', detail: `could not lint: ${messageOf(error)}`, rulesFailed: [] }
  })
  emit({ type: 'lint.finished', ...verdict })
}

type Verdict = Pick<Awaited<ReturnType<Abra['lint']>>, 'status' | 'detail' | 'rulesFailed'>

async function lint(wiring: RunWiring, { fetched }: Prepared): Promise<Verdict> {
  const { request, folder, abra, emit, reached } = wiring
  const { config, recipe } = request
  const { tree, tip } = fetched
  const lintDir = await createAbraDir(config.abraDir, join(folder.path, 'lint'))
  await tree.scratch(join(lintDir.recipes, recipe), {
    origin: `${config.upstreamBase}/${recipe}.git`,
    branch: tip?.branch ?? 'main',
  })
  const result = await abra.lint(recipe, {
    abraDir: lintDir.path,
    dirty: tree.dirty,
    begun: () => {
      reached('lint.sent')
    },
  })
  const { status, detail, rulesFailed, outcome } = result
  const warn = (what: string) => (error: unknown) => {
    emit({ type: 'run.warned', text: `Cannot ${what}: ${String(error)}` })
  }
  await rm(lintDir.path, { recursive: true, force: true }).catch(warn('remove the folder of lint'))
  const text = wiring.mask.mask(outcome.output)
  await writeFile(join(folder.path, 'lint.txt'), text).catch(warn('write lint.txt'))
  return { status, detail, rulesFailed }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
