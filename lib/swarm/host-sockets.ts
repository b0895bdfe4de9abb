import { readFile } from 'node:fs/promises'
import type { Engine } from './engine.js'

/** What this host shows of a container from outside. */
type HostView = {
  readonly isRunning: boolean
  /** As `/proc/net/tcp` and `tcp6` inside it; undefined: it does not run on this host, or not where we see its processes. */
  readonly table: string | undefined
}

type RawState = { State?: { Running?: boolean; Pid?: number } }

/** Looks at the TCP sockets of a container from the host, without a program of its image. Throws EngineFault. */
export async function viewFromHost(engine: Engine, id: string): Promise<HostView> {
  const { State: state } = await engine.get<RawState>(`/containers/${id}/json`)
  const pid = state?.Pid ?? 0
  const isRunning = state?.Running === true && pid > 0
  if (!isRunning) return { isRunning, table: undefined }
  const table = await read(pid, 'net/tcp')
  const newer = await read(pid, 'net/tcp6')
  // Asked last: a process that is the container's now was so when its sockets were read.
  const isOurs = await belongs(pid, id)
  return { isRunning, table: isOurs && table !== '' ? `${table}\n${newer}` : undefined }
}

/** The Engine may count processes otherwise than we do: another one may have that id here. */
async function belongs(pid: number, id: string): Promise<boolean> {
  const groups = await read(pid, 'cgroup')
  if (groups.split(/[/\n]/).some(part => part.replace(/^docker-|\.scope$/g, '') === id)) return true
  // What the Engine puts into every container: only there does it lie at this place.
  const mounts = await read(pid, 'mountinfo')
  return mounts.split('\n').some(line => {
    const [, , , source = '', target] = line.split(' ')
    return source.endsWith(`/containers/${id}/hostname`) && target === '/etc/hostname'
  })
}

async function read(pid: number, file: string): Promise<string> {
  return await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
}
