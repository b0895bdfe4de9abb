import { filterQuery, type CallOptions, type Engine } from './engine.js'

/** Everything of an app that the Engine keeps. */
export const ENGINE_KINDS = [
  'service',
  'task',
  'container',
  'network',
  'volume',
  'secret',
  'config',
] as const
export type EngineKind = (typeof ENGINE_KINDS)[number]

/** One thing as the Engine lists it. */
export type Listed = {
  readonly kind: EngineKind
  /** What the Engine is asked with: an id; a volume has only its name. */
  readonly id: string
  readonly name: string
  /** Value of the stack label, undefined when it carries none (as the secrets that abra makes). */
  readonly stack: string | undefined
}

/** The label that `docker stack deploy` puts on what it makes. */
export const STACK_LABEL = 'com.docker.stack.namespace'

type Labels = Readonly<Record<string, string>> | null | undefined
type Spec = { readonly Name: string; readonly Labels?: Labels }
type WithSpec = { readonly ID: string; readonly Spec: Spec }
type WithName = { readonly Id: string; readonly Name: string; readonly Labels?: Labels }
type Container = {
  readonly Id: string
  readonly Names?: readonly string[] | null
  readonly Labels?: Labels
}
type Task = {
  readonly ID: string
  readonly Spec?: { readonly ContainerSpec?: { readonly Labels?: Labels } }
}

const PATH: Readonly<Record<EngineKind, string>> = {
  service: '/services',
  task: '/tasks',
  container: '/containers/json?all=1',
  network: '/networks',
  volume: '/volumes',
  secret: '/secrets',
  config: '/configs',
}

/**
 * Lists one kind completely: the Engine's own name filters match parts of names, so filtering is done here.
 * Throws an EngineFault.
 */
export async function listKind(
  engine: Engine,
  kind: EngineKind,
  options?: CallOptions,
): Promise<Listed[]> {
  const answer = await engine.get(PATH[kind], options)
  return READ[kind](answer).map(listed => ({ kind, ...listed }))
}

const READ: Readonly<Record<EngineKind, (answer: unknown) => Omit<Listed, 'kind'>[]>> = {
  service: answer => list<WithSpec>(answer).map(ofSpec),
  secret: answer => list<WithSpec>(answer).map(ofSpec),
  config: answer => list<WithSpec>(answer).map(ofSpec),
  network: answer =>
    list<WithName>(answer).map(({ Id, Name, Labels }) => ({
      id: Id,
      name: Name,
      stack: Labels?.[STACK_LABEL],
    })),
  volume: answer =>
    list<WithName>((answer as { Volumes?: unknown }).Volumes).map(({ Name, Labels }) => ({
      id: Name,
      name: Name,
      stack: Labels?.[STACK_LABEL],
    })),
  container: answer => list<Container>(answer).flatMap(ofContainer),
  // The API names no tasks and drops their service's labels; the container's labels are what it shows.
  task: answer =>
    list<Task>(answer).map(({ ID, Spec }) => ({
      id: ID,
      name: ID,
      stack: Spec?.ContainerSpec?.Labels?.[STACK_LABEL],
    })),
}

/** The Engine says null for some empty lists. */
function list<Row>(answer: unknown): Row[] {
  return (answer ?? []) as Row[]
}

function ofSpec({ ID, Spec }: WithSpec): Omit<Listed, 'kind'> {
  return { id: ID, name: Spec.Name, stack: Spec.Labels?.[STACK_LABEL] }
}

/** One row for each name of a container: a linked one has several. */
function ofContainer({ Id, Names, Labels }: Container): Omit<Listed, 'kind'>[] {
  const names = Names === undefined || Names === null || Names.length === 0 ? [Id] : Names
  return names.map(name => ({
    id: Id,
    name: name.replace(/^\//, ''),
    stack: Labels?.[STACK_LABEL],
  }))
}

/**
 * The tasks of a stack, also of services that are gone already: the Engine still finds those by label and by the
 * beginning of their name, though it shows neither.
 */
export async function listTasks(
  engine: Engine,
  stack: string,
  options?: CallOptions,
): Promise<Listed[]> {
  const filters = [{ label: [`${STACK_LABEL}=${stack}`] }, { name: [`${stack}_`] }]
  const answers = await Promise.all(
    filters.map(filter => engine.get(`/tasks?${filterQuery(filter)}`, options)),
  )
  const ids = new Set(answers.flatMap(list<Task>).map(task => task.ID))
  return [...ids].map(id => ({ kind: 'task', id, name: id, stack }))
}
