import { EngineFault, type Engine } from './engine.js'
import { runningContainer } from './running-container.js'

const LISTEN = '0A'
const EXEC_MS = 10_000
/** Asked again and again while something else is waited for. */
const BRIEF_EXEC_MS = 3_000

/**
 * Whether a service of a stack listens on a TCP port, read from inside its running container: no request is sent, and
 * none could leave the host. A listener on the loopback address alone does not count: nobody else reaches it.
 */
export async function listens(
  engine: Engine,
  stack: string,
  { service, port }: { readonly service: string; readonly port: number },
): Promise<{ readonly good: boolean; readonly seen: string }> {
  try {
    const id = await runningContainer(engine, stack, service)
    if (id === undefined)
      return { good: false, seen: `service "${service}" has no running container` }
    const { table, said } = await socketsIn(engine, id, EXEC_MS)
    if (table === undefined)
      return { good: false, seen: `the image of "${service}" has no "cat": ${said}`.trim() }
    const good = isListening(table, port)
    return { good, seen: `"${service}" ${good ? 'listens' : 'does not listen'} on port ${port}` }
  } catch (error) {
    if (error instanceof EngineFault) return { good: false, seen: error.message }
    throw error
  }
}

/** Whether anything in a container listens for others, on whatever TCP port; undefined: nobody can tell. */
export async function listensAtAll(engine: Engine, id: string): Promise<boolean | undefined> {
  try {
    const { table } = await socketsIn(engine, id, BRIEF_EXEC_MS)
    return table === undefined ? undefined : isListening(table)
  } catch (error) {
    if (error instanceof EngineFault) return undefined
    throw error
  }
}

async function socketsIn(
  engine: Engine,
  id: string,
  deadlineMs: number,
): Promise<{ readonly table: string | undefined; readonly said: string }> {
  const cmd = ['cat', '/proc/net/tcp', '/proc/net/tcp6']
  const { stdout, stderr } = await engine.exec(id, { cmd, deadlineMs })
  return { table: stdout.includes('local_address') ? stdout : undefined, said: stderr || stdout }
}

/** Reads `/proc/net/tcp` and `tcp6`: addresses in hex, state 0A is LISTEN. Without a port: on any. */
export function isListening(table: string, port?: number): boolean {
  const wanted = port?.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').some(line => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const [address = '', localPort] = local.split(':')
    const isWanted = wanted === undefined || localPort === wanted
    return state === LISTEN && isWanted && !isLoopback(address)
  })
}

/** All of 127.0.0.0/8: Docker's own name server listens on 127.0.0.11 in every container. Bytes come in reverse order. */
function isLoopback(address: string): boolean {
  return (
    /^[0-9A-F]{6}7F$/.test(address) ||
    /^0{24}01000000$/.test(address) ||
    /^0{16}FFFF0000[0-9A-F]{6}7F$/.test(address)
  )
}
