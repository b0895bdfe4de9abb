/** One attempt of Swarm to run a replica, with what it left behind. */
export type TaskReport = {
  readonly service: string
  readonly slot: number
  readonly taskId: string
  readonly containerId: string | undefined
  readonly state: string
  readonly error: string
  readonly exitCode: number | undefined
  readonly oom: boolean
  readonly unhealthy: boolean
  /** Milliseconds since the epoch, by the Engine's clock. */
  readonly atMs: number
  readonly lastLines: readonly string[]
  readonly healthOutputs: readonly string[]
}

/** What a stack looked like when it failed. */
export type Diagnosis = {
  /** The history of each slot, oldest first. */
  readonly tasks: readonly TaskReport[]
  readonly updates: readonly { readonly service: string; readonly text: string }[]
  /** What the Engine said about the stack, oldest first: the last of it, as far as the stream brought it. */
  readonly events: readonly string[]
  /** Collectors that could not do their work, and why. */
  readonly gaps: readonly string[]
}
