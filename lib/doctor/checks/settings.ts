import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { fail, ok, warn } from '../look.js'

/** Variables that do nothing any more, or that no host should carry. */
const STALE: Readonly<Record<string, string>> = {
  CCCI_JANITOR_MAX_AGE:
    'Unset it: there is no age any more, the lock of a run says whether it lives',
  CCCI_SKIP_GENERIC: 'Unset it: it is for local development, and every run under it is unver',
}

/** What was configured, and whether it is whole. */
export const SETTINGS_CHECKS: readonly Check<Bench>[] = [
  {
    id: 'config',
    about: 'config file and environment are well-formed; which file counts',
    look: ({ problems, configFile }) => {
      const [first] = problems
      if (first !== undefined)
        return fail(problems.map(({ message }) => message).join('; '), first.fix)
      return ok(configFile ?? 'no config file: environment and defaults count')
    },
  },
  {
    id: 'domain',
    about: 'a wildcard suffix is configured',
    look: ({ domain }) =>
      domain === undefined
        ? fail(
            'no domain is configured',
            'Set "domain" in /etc/recipe-ci/config.yml or CCCI_DOMAIN to the suffix that CI alone uses',
          )
        : ok(domain),
  },
  {
    id: 'environment',
    about: 'no stale or dangerous variable is set',
    look: ({ env }) => {
      const set = Object.keys(env).filter(name => env[name] !== '' && fixOf(name) !== undefined)
      const [first] = set
      return first === undefined
        ? ok('nothing stale')
        : warn(`set: ${set.join(', ')}`, fixOf(first) ?? '')
    },
  },
]

function fixOf(name: string): string | undefined {
  return (
    STALE[name] ?? (name.startsWith('CCCI_SKIP_GENERIC_') ? STALE['CCCI_SKIP_GENERIC'] : undefined)
  )
}
