import { EngineFault, type Engine } from './engine.js'
import { runningContainer } from './running-container.js'

const LISTEN = '0A'
const EXEC_MS = 10_000

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
    const cmd = ['cat', '/proc/net/tcp', '/proc/net/tcp6']
    const { stdout, stderr } = await engine.exec(id, { cmd, deadlineMs: EXEC_MS })
    if (!stdout.includes('local_address')) {
      return {
        good: false,
        seen: `the image of "${service}" has no "cat": ${stderr || stdout}`.trim(),
      }
    }
    const good = isListening(stdout, port)
    return { good, seen: `"${service}" ${good ? 'listens' : 'does not listen'} on port ${port}` }
  } catch (error) {
    if (error instanceof EngineFault) return { good: false, seen: error.message }
    throw error
  }
}

/** Reads `/proc/net/tcp` and `tcp6`: addresses in hex, state 0A is LISTEN. */
export function isListening(table: string, port: number): boolean {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').some(line => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const [address = '', localPort] = local.split(':')
    return state === LISTEN && localPort === wanted && !isLoopback(address)
  })
}

function isLoopback(address: string): boolean {
  return (
    address === '0100007F' ||
    /^0{24}01000000$/.test(address) ||
    /^0{16}FFFF00000100007F$/.test(address)
  )
}
