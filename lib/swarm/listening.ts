import { EngineFault, type Engine } from './engine.js'
import { viewFromHost } from './host-sockets.js'
import { pickContainer } from './running-container.js'
import { readStackFacts } from './stack.js'

const LISTEN = '0A'
const EXEC_MS = 10_000
/** Asked again and again while something else is waited for. */
const BRIEF_EXEC_MS = 3_000

type Asked = { readonly service: string; readonly port: number }

/** Whether something listens, and what was seen. */
type Heard = {
  readonly good: boolean
  readonly seen: string
  /** To ask again would tell the same: nobody can tell, or it never will. */
  readonly final?: 'unver' | 'fail'
}

/**
 * Whether a service of a stack listens on a TCP port, read from inside its running container, or from the host where its
 * image cannot tell: no request is sent, and none could leave the host. A listener on the loopback address alone does not
 * count: nobody else reaches it.
 */
export async function listens(
  engine: Engine,
  stack: string,
  { service, port }: Asked,
): Promise<Heard> {
  try {
    const facts = await readStackFacts(engine, stack)
    const names = facts.services.map(({ name }) => name)
    if (names.length > 0 && !names.includes(service)) return stranger(service, names)
    const id = pickContainer(facts, service)?.id
    if (id === undefined)
      return { good: false, seen: `service "${service}" has no running container` }
    const { table, said } = await socketsIn(engine, id, EXEC_MS).catch(refusal)
    if (table === undefined) return await heardFromHost(engine, id, { service, port, said })
    return heard(table, { service, port })
  } catch (error) {
    if (error instanceof EngineFault) return { good: false, seen: error.message }
    throw error
  }
}

function heard(table: string, { service, port }: Asked): Heard {
  const good = isListening(table, port)
  return { good, seen: `"${service}" ${good ? 'listens' : 'does not listen'} on port ${port}` }
}

async function heardFromHost(
  engine: Engine,
  id: string,
  { said, ...asked }: Asked & { readonly said: string },
): Promise<Heard> {
  const { isRunning, table } = await viewFromHost(engine, id)
  if (table !== undefined) return heard(table, asked)
  const seen = `the image of "${asked.service}" has no "cat": ${said}`.trim()
  if (!isRunning) return { good: false, seen: `a container of "${asked.service}" has ended` }
  return { good: false, seen: `${seen}; this host does not show its sockets`, final: 'unver' }
}

function stranger(service: string, names: readonly string[]): Heard {
  const known = names.map(name => `"${name}"`).join(', ')
  return {
    good: false,
    seen: `the stack has no service "${service}", only ${known}`,
    final: 'fail',
  }
}

/** Some Engines refuse to start what is not there, others start it and tell; a container that is gone, or no answer, is neither. */
function refusal(error: unknown): { readonly table: undefined; readonly said: string } {
  if (error instanceof EngineFault && error.status === 400)
    return { table: undefined, said: error.why }
  throw error
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
