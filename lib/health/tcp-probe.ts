import { connect } from 'node:net'

/** One try of a probe, and what it saw. */
export type Attempt = {
  readonly good: boolean
  readonly seen: string
  /** To try again would tell the same: nobody can tell, or it will never be good. */
  readonly final?: 'unver' | 'fail'
}

type Asked = {
  readonly host: string
  readonly port: number
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/** A proxy before the port takes a connection of its own and ends it when nobody takes the one behind: Docker's does. */
const HOLD_MS = 300

/** Whether a TCP port takes a connection, and either keeps it for a moment or says something. Never throws. */
export function takesConnection({ host, port, deadlineMs, signal }: Asked): Promise<Attempt> {
  return new Promise(resolve => {
    let isOpen = false
    const where = `${host}:${port}`
    const socket = connect({ host, port, signal, timeout: deadlineMs })
    const end = (good: boolean, seen: string) => {
      resolve({ good, seen: `${where} ${seen}` })
      socket.destroy()
    }
    const closed = () => {
      end(false, 'is closed as soon as it is opened')
    }
    socket.once('connect', () => {
      isOpen = true
      socket.setTimeout(HOLD_MS)
    })
    socket.once('timeout', () => {
      end(isOpen, isOpen ? 'accepts connections' : 'does not answer')
    })
    socket.once('data', () => {
      end(true, 'accepts connections')
    })
    socket.once('end', closed)
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // A reset may come before Node has told of the connection.
      if (isOpen || error.code === 'ECONNRESET') closed()
      else resolve({ good: false, seen: error.message })
    })
  })
}
