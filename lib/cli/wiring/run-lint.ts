import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAbraDir } from '../../recipe/abra-dir.js'
import type { Prepared } from '../../run/prepare.js'
import type { RunWiring } from './run-wiring.js'

/**
 * Lints the head in a pristine clone of its own, in an abra folder of its own, with the recipe's real origin: neither
 * overlays nor a mirror can blur what the rules say. Never throws for what abra says.
 */
export async function lintHead(wiring: RunWiring, { fetched }: Prepared): Promise<void> {
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
  await rm(lintDir.path, { recursive: true, force: true })
  await writeFile(join(folder.path, 'lint.txt'), wiring.mask.mask(outcome.output)).catch(
    (error: unknown) => {
      emit({ type: 'run.warned', text: `Cannot write lint.txt: ${String(error)}` })
    },
  )
  emit({ type: 'lint.finished', status, detail, rulesFailed })
}
