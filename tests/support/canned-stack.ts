import { EngineFault, type Engine, type ExecRequest } from '../../lib/swarm/engine.js'
import type { RawService } from '../../lib/swarm/raw.js'
import type { ServiceFacts } from '../../lib/swarm/stack.js'
import { packFile, unpack } from '../../lib/canary/tar.js'

/** A service of a canned stack: what runs, and where its volumes are mounted. */
export type CannedService = {
  readonly image?: string
  /** Short volume name → target. */
  readonly volumes: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  /** Short volume name → options of its driver. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** An Engine with one stack in memory: volumes that hold files and databases that hold canary rows. */
export type CannedStack = {
  readonly engine: Engine
  readonly stack: string
  /** Puts these services beside those that run; undefined takes one away. Nothing else goes: abra prunes nothing. */
  readonly deploy: (services: Readonly<Record<string, CannedService | undefined>>) => void
  /** Path → content, of the files in a volume. */
  readonly filesIn: (volume: string) => ReadonlyMap<string, string>
  /** The databases that hold rows now. */
  readonly databases: () => readonly string[]
  /** The databases that were written to, once for each time. */
  readonly writes: readonly string[]
}

type Rows = ReadonlyMap<string, string>
type Held = { readonly files: Map<string, string> }
type Canned = {
  readonly stack: string
  readonly running: Map<string, CannedService>
  readonly volumes: Map<string, Held>
  readonly rows: Map<string, Rows>
  readonly writes: string[]
  readonly options: CannedOptions
}

export type CannedOptions = {
  /** Short volume name → path of an SQLite file in it. */
  readonly sqlite?: Readonly<Record<string, string>>
  /** Short names of volumes whose servers are one cluster. */
  readonly cluster?: readonly string[]
}

const OWNER = { uid: 0, gid: 0, mode: 0o644, atMs: 0 }

export function cannedStack(options: CannedOptions = {}): CannedStack {
  const canned: Canned = {
    stack: 'stack',
    running: new Map(),
    volumes: new Map(),
    rows: new Map(),
    writes: [],
    options,
  }
  return {
    engine: engineOf(canned),
    stack: canned.stack,
    deploy: services => {
      for (const [name, service] of Object.entries(services))
        if (service === undefined) canned.running.delete(name)
        else canned.running.set(name, service)
    },
    filesIn: volume => held(canned, volume).files,
    databases: () => [...canned.rows.keys()],
    writes: canned.writes,
  }
}

/** Those of a stack's services that have these names. */
export const named = (services: readonly ServiceFacts[], ...names: readonly string[]) =>
  services.filter(({ name }) => names.includes(name))

function engineOf(canned: Canned): Engine {
  const known: Partial<Engine> = {
    get: path => Promise.resolve(answer(canned, path) as never),
    getArchiveStart: () => Promise.resolve(packFile('./', '', OWNER)),
    getArchive: async (id, path) => {
      const [volume, file] = locate(canned, id, path)
      const content = held(canned, volume).files.get(file)
      const why = `Could not find the file ${path} in container ${id}`
      if (content === undefined) throw new EngineFault({ path, status: 404, why })
      return packFile(file, content, OWNER)
    },
    putArchive: async (id, folder, tar) => {
      const [volume] = locate(canned, id, `${folder}/.`)
      for (const { name, content } of unpack(Buffer.from(tar)))
        held(canned, volume).files.set(name, content.toString())
    },
    exec: async (id, request) => {
      await new Promise(resolve => setTimeout(resolve, 1))
      return { stderr: '', truncated: false, ...execute(canned, id, request) }
    },
  }
  return known as Engine
}

function answer({ stack, running }: Canned, path: string): unknown {
  const names = [...running.keys()]
  if (path.startsWith('/services?'))
    return [...running].map(([name, service]) => rawOf(stack, name, service))
  if (path.startsWith('/tasks?'))
    return names.map(name => ({
      ID: `task-${name}`,
      ServiceID: `id-${name}`,
      DesiredState: 'running',
      Status: { State: 'running', ContainerStatus: { ContainerID: name } },
    }))
  return names.map(name => ({
    Id: name,
    State: 'running',
    Labels: {
      'com.docker.swarm.service.name': `${stack}_${name}`,
      'com.docker.swarm.task.id': `task-${name}`,
    },
  }))
}

function rawOf(stack: string, name: string, service: CannedService): RawService {
  const { image = 'app:1', volumes, labels: Labels = {}, options = {} } = service
  const mounts = Object.entries(volumes).map(([volume, target]) => ({
    Type: 'volume',
    Source: `${stack}_${volume}`,
    Target: target,
    VolumeOptions: { DriverConfig: { Options: options[volume] ?? {} } },
  }))
  const TaskTemplate = { ContainerSpec: { Image: image, Mounts: mounts } }
  return { ID: `id-${name}`, Spec: { Name: `${stack}_${name}`, Labels, TaskTemplate } }
}

function held({ volumes }: Canned, volume: string): Held {
  const found = volumes.get(volume) ?? { files: new Map<string, string>() }
  volumes.set(volume, found)
  return found
}

/** The volume that a path of a container lies in, and the path inside it. */
function locate({ running }: Canned, id: string, path: string): [volume: string, inside: string] {
  const mounts = Object.entries(running.get(id)?.volumes ?? {})
  const mount = mounts.find(([, target]) => path.startsWith(`${target}/`))
  if (mount === undefined) throw new Error(`${path} lies in no volume of ${id}`)
  return [mount[0], path.slice(mount[1].length + 1)]
}

type Said = { readonly exitCode: number; readonly stdout: string; readonly stderr?: string }

/** Speaks the scripts of a dialect: list, statements, or statements and a query after them. */
function execute(canned: Canned, id: string, { cmd, stdin, env }: ExecRequest): Said {
  const [program, , path = '', , verb = '', fed = '', query] = cmd
  if (program === 'rm') return remove(canned, locate(canned, id, path))
  if (verb === 'list') return { exitCode: 0, stdout: databasesOf(canned, id).join('\n') }
  const database = databaseKey(canned, id, env?.['RCI_DATABASE'] ?? '')
  const statements = query === undefined ? [String(stdin)] : [fed, query]
  return statements.reduce<Said>(
    (said, each) => (said.exitCode === 0 ? speak(canned, database, each) : said),
    { exitCode: 0, stdout: '' },
  )
}

function remove(canned: Canned, [volume, file]: readonly [string, string]): Said {
  held(canned, volume).files.delete(file)
  return { exitCode: 0, stdout: '' }
}

function databasesOf({ running, options }: Canned, id: string): readonly string[] {
  const { image = '', volumes = {} } = running.get(id) ?? {}
  if (image.startsWith('postgres')) return ['shop']
  return Object.entries(volumes).flatMap(([volume, target]) => {
    const file = options.sqlite?.[volume]
    return file === undefined ? [] : [`${target}/${file}`]
  })
}

function databaseKey(canned: Canned, id: string, database: string): string {
  if (database.startsWith('/')) return locate(canned, id, database).join('/')
  const [volume = ''] = Object.keys(canned.running.get(id)?.volumes ?? {})
  return canned.options.cluster?.includes(volume) === true
    ? `cluster/${database}`
    : `${volume}/${database}`
}

function speak({ rows, writes }: Canned, database: string, statements: string): Said {
  const there = rows.get(database)
  if (statements.startsWith('CREATE')) {
    writes.push(database)
    const values = [...statements.matchAll(/VALUES \((\d), '(\w+)'\)/g)]
    rows.set(database, new Map(values.map(([, key = '', value = '']) => [key, value])))
  } else if (there === undefined) {
    const stderr = 'ERROR: no such table, relation "recipe_ci_canary" does not exist'
    return { exitCode: 1, stdout: '', stderr }
  } else if (statements.startsWith('UPDATE')) {
    const [, value = ''] = /'(\w+)'/.exec(statements) ?? []
    rows.set(database, new Map([['1', value]]))
  } else if (statements.startsWith('DROP')) rows.delete(database)
  else return { exitCode: 0, stdout: [...there].map(row => row.join('|')).join('\n') }
  return { exitCode: 0, stdout: '' }
}
