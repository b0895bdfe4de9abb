/** What a health check of a service says, as the service's spec gives it; times in milliseconds, 0 = the Engine's default. */
type HealthcheckFacts = {
  readonly test: readonly string[]
  readonly intervalMs: number
  readonly startPeriodMs: number
  readonly retries: number
}

/** The state of a service's last update; stays for ever once there was one. */
type UpdateFacts = {
  /** updating, paused, completed, rollback_started, rollback_paused, rollback_completed. */
  readonly state: string
  /** As the Engine wrote it: only ever compared with another value of the same Engine. */
  readonly startedAt: string
  readonly message: string
}

/** A named volume as a service mounts it. */
export type MountFacts = {
  /** Full name: `<stack>_<volume>`. */
  readonly volume: string
  readonly target: string
  readonly readOnly: boolean
  /** What the volume is made with where the compose file says it; an empty name: the Engine's own driver. */
  readonly driver?:
    { readonly name: string; readonly options: Readonly<Record<string, string>> } | undefined
}

export type ServiceMode = 'replicated' | 'global' | 'replicated-job' | 'global-job'

/** One service of a stack as the Engine describes it. */
export type ServiceFacts = {
  readonly id: string
  /** Without the stack's prefix. */
  readonly name: string
  readonly fullName: string
  /** Image without a digest. */
  readonly image: string
  /** Image as the spec holds it, with the digest if the deploy resolved one. */
  readonly specImage: string
  /** Labels of the service: `deploy.labels`. */
  readonly labels: Readonly<Record<string, string>>
  readonly containerLabels: Readonly<Record<string, string>>
  readonly mode: ServiceMode
  /** Wanted replicas; of a job its wanted completions; null for global modes. */
  readonly replicas: number | null
  readonly mounts: readonly MountFacts[]
  readonly env: readonly string[]
  readonly user: string
  readonly secrets: readonly {
    /** Name of the swarm secret. */
    readonly name: string
    /** Path inside the container. */
    readonly file: string
  }[]
  /** Ids of the networks it is attached to. */
  readonly networks: readonly string[]
  /** Ports published on the host itself. */
  readonly hostPorts: readonly number[]
  readonly healthcheck: HealthcheckFacts | undefined
  readonly restart: 'none' | 'on-failure' | 'any'
  /** How long Swarm waits before it starts a task anew; 0 = the Engine's default of seconds. */
  readonly restartDelayMs: number
  /** What Swarm does when an update fails. */
  readonly failureAction: 'pause' | 'continue' | 'rollback'
  readonly update: UpdateFacts | undefined
  readonly version: number
  /** Equal hashes: a deploy between the two changed nothing that restarts tasks. Placement is left out. */
  readonly taskTemplateHash: string
  /** Tasks that run, of those that should; of a global service one on each node that is its own. */
  readonly running: number
  readonly desired: number
}

/** One task: an attempt of Swarm to run one replica. */
export type TaskFacts = {
  readonly id: string
  readonly serviceId: string
  /** 0 for global services. */
  readonly slot: number
  readonly nodeId: string
  /** new, pending, assigned, preparing, starting, running, complete, failed, rejected, shutdown, orphaned, remove … */
  readonly state: string
  readonly desiredState: string
  /** When it entered its state, milliseconds since the epoch by the Engine's clock. */
  readonly atMs: number
  readonly createdAtMs: number
  readonly error: string
  readonly message: string
  readonly exitCode: number | undefined
  readonly containerId: string | undefined
  readonly image: string
  readonly specHash: string
}

/** One container of a stack. */
export type ContainerFacts = {
  readonly id: string
  /** Service name without the stack's prefix. */
  readonly service: string
  readonly taskId: string
  /** created, running, exited, dead … */
  readonly state: string
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
}

/** A stack at one moment. */
export type StackFacts = {
  readonly services: readonly ServiceFacts[]
  readonly tasks: readonly TaskFacts[]
  readonly containers: readonly ContainerFacts[]
}
