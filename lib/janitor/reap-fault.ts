import { Fault } from '../errors.js'

/** An orphan did not go, or not all of it. */
export class ReapFault extends Fault {
  readonly code = 'RCI_REAP'
  readonly hint = 'Run "recipe-ci janitor" again; if it stays, read the log of the Docker Engine'

  constructor(domain: string, why: string, options?: ErrorOptions) {
    super(`Cannot remove "${domain}": ${why}`, options)
  }
}
