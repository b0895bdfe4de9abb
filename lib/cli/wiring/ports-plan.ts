import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planOf } from '../../commands/run.js'
import type { HappeningBody } from '../../domain/events.js'
import { stackOf } from '../../domain/names.js'
import type { RunRequest } from '../../domain/request.js'
import { EXIT, type ExitCode } from '../../errors.js'
import { createGit } from '../../git/git.js'
import { findGuard } from '../../process/guard.js'
import { createProcessRunner } from '../../process/run-process.js'
import type { MetaLayer } from '../../recipe/meta.js'
import type { Mask } from '../../report/mask.js'
import { planText } from '../../report/plan.js'
import { prepare } from '../../run/prepare.js'
import type { Host } from '../host.js'

type PlanParts = {
  readonly host: Host
  readonly mask: Mask
  readonly operatorMeta: MetaLayer | undefined
}

/** `recipe-ci run --plan`: clones into a folder that goes again, prints what a run would do, changes nothing. */
export async function performPlan(
  request: RunRequest,
  { host, mask, operatorMeta }: PlanParts,
): Promise<ExitCode> {
  const { recipe, domain, runId, format } = request
  const { env, lifetime, stdout, stderr, installDir } = host
  const emit = (happening: HappeningBody): void => {
    if (happening.type !== 'run.warned') return
    stderr.write(mask.mask(`recipe-ci: warning: ${happening.text}\n`))
  }
  const guard = await findGuard(env, installDir)
  const run = createProcessRunner({ guard, mask: mask.mask, emit })
  const git = createGit({ run, env, signal: lifetime.signal })
  const scratch = await mkdtemp(join(tmpdir(), 'recipe-ci-plan-'))
  try {
    const places = { dir: join(scratch, 'recipes', recipe), keep: join(scratch, 'kept') }
    const asked = { request, stack: stackOf(domain), operatorMeta, ...places }
    const prepared = await prepare({ git, emit }, asked)
    const plan = planOf({ ...prepared, planned: prepared.foreseen })
    stdout.write(mask.mask(planText({ recipe, domain, runId, plan }, format)))
    return EXIT.green
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
