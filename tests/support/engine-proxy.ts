import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { mkdtemp, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { findEndpoint } from '../../lib/swarm/endpoint.js'

/** What becomes of a call: it reaches the engine; its connection is cut; it never gets an answer; it gets an answer without end and without content. */
export type Fate = 'pass' | 'cut' | 'silent' | 'mute'

/** Stands between us and the real engine, and is told what to do with each call. */
export type EngineProxy = AsyncDisposable & {
  /** For connectEngine. */
  readonly env: Readonly<Record<string, string>>
  /** Paths of all calls so far. */
  readonly calls: readonly string[]
  /** Decides over each call from now on. */
  setFate(fate: (path: string) => Fate | Promise<Fate>): void
  /** Cuts the answers under way whose path holds this text. */
  cut(part: string): void
}

export async function startEngineProxy(): Promise<EngineProxy> {
  const endpoint = await findEndpoint(process.env)
  if (endpoint.kind !== 'unix') throw new Error('Cannot proxy the engine: not at a unix socket')
  const { socketPath } = endpoint
  const dir = await mkdtemp(join(tmpdir(), 'engine-proxy-'))
  const open = new Map<ServerResponse, string>()
  const calls: string[] = []
  let fateOf: (path: string) => Fate | Promise<Fate> = () => 'pass'
  const take = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const path = incoming.url ?? ''
    calls.push(path)
    open.set(answer, path)
    answer.on('close', () => open.delete(answer))
    const fate = await fateOf(path)
    if (fate === 'cut') incoming.socket.destroy()
    if (fate === 'mute') answer.writeHead(200).flushHeaders()
    if (fate !== 'pass') return
    const { method, headers } = incoming
    const onward = request({ socketPath, path, method, headers }, given => {
      answer.writeHead(given.statusCode ?? 500, given.headers)
      answer.flushHeaders()
      given.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    incoming.pipe(onward)
  }
  const server = createServer((incoming, answer) => void take(incoming, answer))
  const socket = join(dir, 'docker.sock')
  await once(server.listen(socket), 'listening')
  return {
    env: { DOCKER_HOST: `unix://${socket}` },
    calls,
    setFate: fate => (fateOf = fate),
    cut: part => {
      for (const [answer, path] of open) if (path.includes(part)) answer.destroy()
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
