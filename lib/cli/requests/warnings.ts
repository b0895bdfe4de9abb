import type { Env } from '../../domain/env.js'
import type { RunRequest } from '../../domain/request.js'

type Warned = Pick<RunRequest, 'skipGeneric' | 'config' | 'freshRestore' | 'tiers'>

/** What a person should know about their own request, to be said once the run has started. */
export function runWarnings(request: Warned, env: Env): readonly string[] {
  const { skipGeneric, config, freshRestore, tiers } = request
  return [
    ...hostWarnings(env),
    ...when(
      skipGeneric.length > 0,
      `!! generic assertions are skipped in ${skipGeneric.join(', ')} (CCCI_SKIP_GENERIC): for local development only; what they would have proven becomes unver`,
    ),
    ...when(
      freshRestore && !tiers.includes('restore'),
      '--fresh-restore has no effect: restore is not among the stages',
    ),
    ...when(
      config.repoLocal === 'sandbox',
      'repoLocal: sandbox is not built yet: tests of recipes that are not approved do not run',
    ),
  ]
}

/** What a person should know about the environment of any command. */
export function hostWarnings(env: Env): readonly string[] {
  return when(
    (env['CCCI_JANITOR_MAX_AGE'] ?? '') !== '',
    'CCCI_JANITOR_MAX_AGE has no effect: there is no age any more, the lock of a run says whether it lives',
  )
}

function when(applies: boolean, text: string): string[] {
  return applies ? [text] : []
}
