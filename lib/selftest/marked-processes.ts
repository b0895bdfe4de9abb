import { readdir, readFile } from 'node:fs/promises'

/** A process as the kernel knows it. Its start time tells it apart from a later one of the same id. */
export type Alive = { readonly pid: number; readonly started: string; readonly command: string }

type Stat = { readonly pid: number; readonly parent: number; readonly started: string }

/** Living processes that carry a word in the environment they were started with. */
export async function withMark(mark: string): Promise<readonly Alive[]> {
  const found = (await living()).map(async stat => {
    const environ = await read(stat.pid, 'environ')
    return environ.split('\0').includes(mark) ? [await alive(stat)] : []
  })
  return (await Promise.all(found)).flat()
}

/** Living processes that descend from one, itself left out: whatever environment they have. */
export async function descendantsOf(root: number): Promise<readonly Alive[]> {
  const all = await living()
  const family = new Set([root])
  for (let before = 0; before !== family.size;) {
    before = family.size
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid)
  }
  return Promise.all(all.filter(({ pid }) => pid !== root && family.has(pid)).map(alive))
}

/** Those of them that still live. */
export async function stillAlive(seen: Iterable<Alive>): Promise<readonly Alive[]> {
  const now = new Map((await living()).map(({ pid, started }) => [pid, started]))
  return [...seen].filter(({ pid, started }) => now.get(pid) === started)
}

async function living(): Promise<readonly Stat[]> {
  const names = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const stats = await Promise.all(names.map(name => statOf(Number(name))))
  return stats.filter(stat => stat !== undefined)
}

/** Undefined: it is gone, or only waits to be collected. */
async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await read(pid, 'stat')
  // The name may hold anything, blanks and brackets too.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state = 'X', parent = ''] = fields
  if (text === '' || state === 'Z' || state === 'X') return undefined
  return { pid, parent: Number(parent), started: fields[19] ?? '' }
}

async function alive({ pid, started }: Stat): Promise<Alive> {
  const command = (await read(pid, 'cmdline')).replaceAll('\0', ' ').trim().slice(0, 120)
  return { pid, started, command }
}

/** Empty: it is gone, or not ours to look at. */
async function read(pid: number, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
}
