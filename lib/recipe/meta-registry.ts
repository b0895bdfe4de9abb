import type { Meta } from '../domain/meta.js'
import {
  canarySkips,
  envValues,
  flag,
  notApplicable,
  readyProbes,
  recipeNames,
  seconds,
  statuses,
  text,
  urlPath,
  type Reader,
} from './meta-readers.js'

/** One key of `recipe-ci.yml`: everything that the loader, `--help` and the docs know about it. */
export type MetaKey = {
  readonly key: string
  /** The kind of value, for people. */
  readonly type: string
  /** The default, for people. */
  readonly fallback: string
  readonly doc: string
  /** What a value of the document means for the settings. */
  readonly read: Reader<Partial<Meta>>
}

type Words = Pick<MetaKey, 'type' | 'fallback' | 'doc'>

/** What holds when a recipe says nothing. */
export const META_DEFAULTS: Meta = {
  healthPath: '/',
  healthOk: [200, 301, 302],
  deployTimeoutMs: 600_000,
  httpTimeoutMs: 300_000,
  extraEnv: {},
  upgradeExtraEnv: {},
  upgradeBaseVersion: undefined,
  expectedNa: {},
  backupCapable: undefined,
  readyProbe: [],
  deps: [],
  warmCanonical: false,
  canary: {},
  screenshot: true,
}

function define<Field extends keyof Meta>(
  [key, field]: readonly [string, Field],
  read: Reader<NonNullable<Meta[Field]>>,
  words: Words,
): MetaKey {
  return { key, ...words, read: (found, path) => ({ [field]: read(found, path) }) }
}

/** The one registry: every key of `recipe-ci.yml`. */
export const META_KEYS: readonly MetaKey[] = [
  define(['HEALTH_PATH', 'healthPath'], urlPath, {
    type: 'path',
    fallback: '/',
    doc: 'the path that proves that the app is serving',
  }),
  define(['HEALTH_OK', 'healthOk'], statuses, {
    type: 'list of statuses',
    fallback: '[200, 301, 302]',
    doc: 'HTTP statuses that count as healthy; 404 never does, nor a redirect to the address that was asked',
  }),
  define(['DEPLOY_TIMEOUT', 'deployTimeoutMs'], seconds, {
    type: 'seconds',
    fallback: '600',
    doc: 'how long a deploy may take until every service has converged',
  }),
  define(['HTTP_TIMEOUT', 'httpTimeoutMs'], seconds, {
    type: 'seconds',
    fallback: '300',
    doc: 'how long it may take after that until the app answers over HTTPS',
  }),
  define(['EXTRA_ENV', 'extraEnv'], envValues, {
    type: 'map of texts',
    fallback: '{}',
    doc: "written into the app's env file before it is deployed",
  }),
  define(['UPGRADE_EXTRA_ENV', 'upgradeExtraEnv'], envValues, {
    type: 'map of texts',
    fallback: '{}',
    doc: 'written into the env file just before the upgrade',
  }),
  define(['UPGRADE_BASE_VERSION', 'upgradeBaseVersion'], text, {
    type: 'version',
    fallback: 'chosen',
    doc: 'the published version that the upgrade starts from',
  }),
  define(['EXPECTED_NA', 'expectedNa'], notApplicable, {
    type: 'map of reasons',
    fallback: '{}',
    doc: 'rungs that do not apply (upgrade, backup_restore, functional), each with its reason',
  }),
  define(['BACKUP_CAPABLE', 'backupCapable'], flag, {
    type: 'true or false',
    fallback: 'from the labels',
    doc: 'whether the recipe can be backed up, in place of looking for backupbot.backup',
  }),
  define(['READY_PROBE', 'readyProbe'], readyProbes, {
    type: 'list of probes',
    fallback: '[]',
    doc: 'readiness beyond HEALTH_PATH: {http: path, status: [200]} or {tcp: port, host, service}, each with successes: n; a connection counts once it has lasted a moment or brought a byte',
  }),
  define(['DEPS', 'deps'], recipeNames, {
    type: 'list of recipes',
    fallback: '[]',
    doc: 'recipes that are deployed before this one, in this order',
  }),
  define(['WARM_CANONICAL', 'warmCanonical'], flag, {
    type: 'true or false',
    fallback: 'false',
    doc: 'keep the last green version warm for the quick lane',
  }),
  define(['CANARY', 'canary'], canarySkips, {
    type: 'map',
    fallback: '{}',
    doc: 'volumes and services that get no data canary: false, or {skip: reason}',
  }),
  define(['SCREENSHOT', 'screenshot'], flag, {
    type: 'true or false',
    fallback: 'true',
    doc: 'take a picture of the landing page',
  }),
]

/** The key table as `--help` shows it. */
export function metaHelp(): string {
  const width = Math.max(...META_KEYS.map(({ key }) => key.length))
  return META_KEYS.map(
    ({ key, doc, fallback }) => `  ${key.padEnd(width)}  ${doc} (default: ${fallback})`,
  ).join('\n')
}

/** The key table as the documentation shows it: Markdown. */
export function metaTable(): string {
  const rows = META_KEYS.map(
    ({ key, type, fallback, doc }) => `| \`${key}\` | ${type} | \`${fallback}\` | ${doc} |`,
  )
  return ['| key | value | default | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join(
    '\n',
  )
}
