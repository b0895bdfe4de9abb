import { Fault } from '../errors.js'

/** The Docker Engine refused a call, answered nonsense or did not answer in time. */
export class EngineFault extends Fault {
  readonly code = 'RCI_ENGINE'
  readonly hint: string
  /** The HTTP status; 0 when there was no answer at all. */
  readonly status: number
  /** Method and path of the call. */
  readonly path: string
  /** The Engine's own words, or what happened to the connection. */
  readonly why: string

  constructor(call: { path: string; status: number; why: string }, options?: ErrorOptions) {
    super(`Cannot complete Docker call "${call.path}": ${call.why}`, options)
    this.status = call.status
    this.path = call.path
    this.why = call.why
    this.hint =
      call.status === 0
        ? 'Check that the Docker Engine is running and answers "docker info"'
        : 'Look at the log of the Docker Engine for this call'
  }
}

/** Whether the Engine said that the thing does not exist (any more). */
export function isAbsent(thrown: unknown): thrown is EngineFault {
  return thrown instanceof EngineFault && thrown.status === 404
}
