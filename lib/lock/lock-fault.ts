import { Fault } from '../errors.js'

/** A lock could not be taken for another reason than being held. */
export class LockFault extends Fault {
  readonly code = 'RCI_LOCK'
  readonly hint: string
  readonly path: string

  constructor(path: string, why: string, options: { hint: string; cause?: unknown }) {
    super(`Cannot lock "${path}": ${why}`, { cause: options.cause })
    this.path = path
    this.hint = options.hint
  }
}
