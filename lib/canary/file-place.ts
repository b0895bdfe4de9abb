import { EngineFault, isAbsent, type Engine } from '../swarm/engine.js'
import type { ServiceFacts, StackFacts } from '../swarm/stack.js'
import { inContainer, once, type Place, type Reach } from './container-of.js'
import type { Reading } from './reading.js'
import { packFile, unpack, type TarEntry } from './tar.js'

/** An older file of a volume: its being gone too tells that the volume was rebuilt. */
type Witness = { readonly path: string; readonly mtimeMs: number }

/** What a volume's folder looks like from inside. */
export type FolderFacts = {
  readonly uid: number
  readonly gid: number
  readonly witnesses: readonly Witness[]
  /** Files in it that are SQLite databases, as far as they were seen. */
  readonly sqlite: readonly string[]
}

/** One canary file in one volume, wherever that volume is mounted just now. */
export type FilePlace = {
  /** Writes and reads it back. */
  write(value: string): Promise<Reading<FolderFacts>>
  read(): Promise<Reading<string>>
  /** Whether none of these older files is there as it was. */
  allGone(witnesses: readonly Witness[]): Promise<boolean>
  /** Best effort: works where the image has `rm`. */
  remove(): Promise<void>
}

const MODE = 0o644
/** Enough of a folder's archive for its owner and some of its files. */
const GLIMPSE_BYTES = 256 * 1024
const WITNESSES = 12
const NO_SUCH_FILE = /could not find the file|no such file or directory|not found/i
const SQLITE_MAGIC = 'SQLite format 3\0'

/** Addresses `name` in the root of a volume. */
export function filePlace(reach: Reach, volume: string, name: string): FilePlace {
  const { engine } = reach
  const choose = (writable: boolean) => (facts: StackFacts) => mounting(facts, volume, writable)
  return {
    write: value =>
      inContainer(reach, choose(true), async place => {
        const folder = targetOf(place, volume, true)
        const facts = await folderFacts(engine, place, folder)
        const owner = { uid: facts.uid, gid: facts.gid, mode: MODE, atMs: Date.now() }
        await engine.putArchive(place.containerId, folder, packFile(name, value, owner))
        const back = await readFile(engine, place, `${folder}/${name}`)
        if (back.kind === 'found' && back.found === value) return { kind: 'found', found: facts }
        return { kind: 'unreadable', why: 'what was written could not be read back' }
      }),
    read: () =>
      inContainer(reach, choose(false), place =>
        readFile(engine, place, `${targetOf(place, volume, false)}/${name}`),
      ),
    allGone: async witnesses => {
      const found = await inContainer(reach, choose(false), async place => {
        const folder = targetOf(place, volume, false)
        const there = await Promise.all(
          witnesses.map(witness => isUnchanged(engine, place, { folder, witness })),
        )
        return { kind: 'found', found: !there.includes(true) } as const
      })
      return witnesses.length > 0 && found.kind === 'found' && found.found
    },
    remove: async () => {
      await inContainer(once(reach), choose(true), async place => {
        const cmd = ['rm', '-f', `${targetOf(place, volume, true)}/${name}`]
        await engine.exec(place.containerId, { cmd, user: '0', deadlineMs: 5_000 })
        return { kind: 'found', found: undefined }
      })
    },
  }
}

/** The services that mount a volume; those that may write come first, the others only count for reading. */
function mounting(facts: StackFacts, volume: string, writable: boolean): readonly ServiceFacts[] {
  const may = (service: ServiceFacts) =>
    service.mounts.some(mount => mount.volume === volume && !mount.readOnly)
  const all = facts.services.filter(service =>
    service.mounts.some(mount => mount.volume === volume),
  )
  return [...all.filter(may), ...(writable ? [] : all.filter(service => !may(service)))]
}

function targetOf({ service }: Place, volume: string, writable: boolean): string {
  const mounts = service.mounts.filter(mount => mount.volume === volume)
  const mount = mounts.find(each => !each.readOnly) ?? (writable ? undefined : mounts[0])
  return (mount?.target ?? '/').replace(/\/+$/, '')
}

async function folderFacts(engine: Engine, place: Place, folder: string): Promise<FolderFacts> {
  const start = await engine.getArchiveStart(place.containerId, `${folder}/.`, GLIMPSE_BYTES)
  const [root, ...rest] = unpack(start)
  const files = rest.filter(entry => entry.kind === 'file')
  return {
    uid: root?.uid ?? 0,
    gid: root?.gid ?? 0,
    witnesses: files
      .slice(0, WITNESSES)
      .map(file => ({ path: insideOf(file), mtimeMs: file.mtimeMs })),
    sqlite: files.filter(isSqlite).map(insideOf),
  }
}

/** The archive of `folder/.` names its entries `./a/b`, older Engines `folder/a/b`. */
function insideOf({ name }: TarEntry): string {
  return name.slice(name.indexOf('/') + 1)
}

function isSqlite({ content }: TarEntry): boolean {
  return content.subarray(0, SQLITE_MAGIC.length).toString('latin1') === SQLITE_MAGIC
}

async function readFile(engine: Engine, place: Place, path: string): Promise<Reading<string>> {
  try {
    const [entry] = unpack(
      await engine.getArchive(place.containerId, path, { maxBytes: 1024 * 1024 }),
    )
    if (entry?.kind === 'file') return { kind: 'found', found: entry.content.toString('utf8') }
    return { kind: 'gone', why: `"${path}" is no file` }
  } catch (error) {
    if (isAbsent(error) && NO_SUCH_FILE.test(error.why)) {
      return { kind: 'gone', why: `"${path}" is not there in "${place.service.name}"` }
    }
    if (error instanceof EngineFault) return { kind: 'unreadable', why: error.why }
    throw error
  }
}

async function isUnchanged(
  engine: Engine,
  place: Place,
  { folder, witness }: { folder: string; witness: Witness },
): Promise<boolean> {
  try {
    const stat = await engine.statPath(place.containerId, `${folder}/${witness.path}`)
    return Math.floor(stat.mtimeMs / 1000) === Math.floor(witness.mtimeMs / 1000)
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}
