import { saysYes } from '../domain/label-value.js'
import { parseTexts } from './bounded-yaml.js'
import { mergeServices, serviceOf, type ComposeService } from './compose-service.js'
import { fieldsOf, isTrue, mapTexts, textOf, type Fields, type Texts } from './compose-shape.js'
import { parseEnv } from './env-file.js'
import { expand } from './interpolate.js'
import { parseVersion } from './versions.js'

/** Reads a file of a recipe by its path in the repository. Undefined: not there. */
export type ReadRecipeFile = (path: string) => Promise<string | undefined>

/** A volume, secret or config as the compose files define it. */
type ComposeObject = {
  /** As the services refer to it. */
  readonly key: string
  /** Swarm's name for it. */
  readonly name: string
  /** Made by somebody else than the stack. */
  readonly external: boolean
}

/** What the compose files of one version come to. */
export type ComposeProject = {
  /** In the order in which they are merged. */
  readonly files: readonly string[]
  readonly services: readonly ComposeService[]
  readonly volumes: readonly ComposeObject[]
  readonly secrets: readonly ComposeObject[]
  readonly configs: readonly ComposeObject[]
  /** What is wrong with the files. The recipe is judged by what abra makes of it, never by this. */
  readonly problems: readonly string[]
}

const MOST_FILES = 50
/** What all variables together may add: no honest file comes near. */
const MOST_CHARACTERS = 1 << 22

export type ComposeRequest = {
  readonly read: ReadRecipeFile
  /** The app's env file, or the sample of the version. */
  readonly envText: string
  readonly stack: string
  readonly domain: string
}

/**
 * Reads and merges the compose files that an env file names in COMPOSE_FILE. Never throws for a bad recipe: what is wrong
 * is in `problems`.
 */
export async function readCompose(request: ComposeRequest): Promise<ComposeProject> {
  const { read, stack } = request
  const env = await composeEnv(request)
  const problems: string[] = []
  const { COMPOSE_FILE: list = '' } = env
  const named = (list === '' ? 'compose.yml' : list).split(':').filter(name => name !== '')
  const files = [...new Set(named)].slice(0, MOST_FILES)
  let whole: Fields = {}
  for (const file of files) {
    const text = await read(file)
    if (text === undefined) problems.push(`"${file}" is named in COMPOSE_FILE and is not there`)
    else whole = mergeFiles(whole, filled(file, text, { env, problems }))
  }
  const objects = (kind: string): ComposeObject[] => objectsOf(fieldsOf(whole[kind]), stack)
  return {
    files,
    services: Object.entries(fieldsOf(whole['services'])).map(([name, fields]) =>
      serviceOf(name, fieldsOf(fields)),
    ),
    volumes: objects('volumes'),
    secrets: objects('secrets'),
    configs: objects('configs'),
    problems,
  }
}

/** What compose files are filled in with: the env file, then what `abra.sh` exports, then the names of the app. */
async function composeEnv({ read, envText, stack, domain }: ComposeRequest): Promise<Texts> {
  const script = (await read('abra.sh')) ?? ''
  const exports = script.split('\n').filter(line => /^\s*export\s/.test(line))
  const env = { ...parseEnv(envText), DOMAIN: domain }
  return { STACK_NAME: stack, ...env, ...parseEnv(exports.join('\n'), env) }
}

function filled(
  file: string,
  text: string,
  { env, problems }: { readonly env: Texts; readonly problems: string[] },
): Fields {
  const parsed = parseTexts(text)
  if ('problem' in parsed) {
    problems.push(`"${file}": ${parsed.problem}`)
    return {}
  }
  let budget = MOST_CHARACTERS
  const lookUp = (name: string): string | undefined => {
    budget -= env[name]?.length ?? 0
    return budget < 0 ? '' : env[name]
  }
  const replaced = mapTexts(parsed.value, text => {
    const { text: value, missing } = expand(text, 'doubled', lookUp)
    problems.push(...missing.map(name => `"${file}": required variable not set: ${name}`))
    return value
  })
  if (budget < 0) problems.push(`"${file}": its variables come to more than anything could mean`)
  return fieldsOf(replaced)
}

function mergeFiles(earlier: Fields, later: Fields): Fields {
  const kinds = ['services', 'volumes', 'secrets', 'configs', 'networks']
  return Object.fromEntries(
    kinds.map(kind => {
      const [a, b] = [fieldsOf(earlier[kind]), fieldsOf(later[kind])]
      return [kind, mergeNamed(a, b, kind === 'services' ? mergeServices : mergeFields)]
    }),
  )
}

function mergeNamed(a: Fields, b: Fields, join: (a: Fields, b: Fields) => Fields): Fields {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return Object.fromEntries(names.map(name => [name, join(fieldsOf(a[name]), fieldsOf(b[name]))]))
}

function mergeFields(a: Fields, b: Fields): Fields {
  return { ...a, ...b }
}

function objectsOf(defined: Fields, stack: string): ComposeObject[] {
  return Object.entries(defined).map(([key, value]) => {
    const { name, external } = fieldsOf(value)
    const isExternal = isTrue(external) || typeof external === 'object'
    const said = textOf(name) ?? textOf(fieldsOf(external)['name'])
    return { key, name: said ?? (isExternal ? key : `${stack}_${key}`), external: isExternal }
  })
}

/** The images of a project, each once. */
export function imagesOf({ services }: Pick<ComposeProject, 'services'>): readonly string[] {
  return [...new Set(services.flatMap(({ image }) => (image === undefined ? [] : [image])))]
}

/** The names that Swarm will be asked to make for secrets and configs. */
export function swarmNames(
  project: ComposeProject,
): readonly { readonly kind: 'secret' | 'config'; readonly name: string }[] {
  return [
    ...project.secrets.map(({ name }) => ({ kind: 'secret', name }) as const),
    ...project.configs.map(({ name }) => ({ kind: 'config', name }) as const),
  ]
}

/** Whether a service is labelled for backup, read as it is once deployed: what makes backup and restore apply. */
export function isBackedUp({ services }: Pick<ComposeProject, 'services'>): boolean {
  return services.some(({ labels, deployLabels }) =>
    saysYes(deployLabels['backupbot.backup'] ?? labels['backupbot.backup']),
  )
}

/**
 * The version that the compose files name in `coop-cloud.<stack>.version`, on `app` first. Undefined: none, or no version
 * of the form `<recipe semver>+<app version>`.
 */
export function versionOf(project: ComposeProject, stack: string): string | undefined {
  const key = `coop-cloud.${stack}.version`
  const services = project.services.toSorted(byName('app'))
  const said = services.map(({ deployLabels, labels }) => deployLabels[key] ?? labels[key])
  return said.map(text => parseVersion(text ?? '')?.text).find(text => text !== undefined)
}

function byName(first: string): (a: ComposeService, b: ComposeService) => number {
  return (a, b) => Number(b.name === first) - Number(a.name === first)
}
