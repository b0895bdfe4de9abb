/** The Engine's own shapes, as far as they are read here. Every field may be missing. */
type RawMount = {
  Type?: string
  Source?: string
  Target?: string
  ReadOnly?: boolean
  VolumeOptions?: { DriverConfig?: RawDriver }
}

export type RawDriver = { Name?: string; Options?: Record<string, string> }

export type RawContainerSpec = {
  Image?: string
  Labels?: Record<string, string>
  Env?: string[]
  User?: string
  Mounts?: RawMount[]
  Secrets?: { SecretName?: string; File?: { Name?: string } }[]
  Healthcheck?: { Test?: string[]; Interval?: number; StartPeriod?: number; Retries?: number }
}

type RawTaskTemplate = {
  ContainerSpec?: RawContainerSpec
  RestartPolicy?: { Condition?: string; Delay?: number }
  Networks?: { Target?: string }[]
}

export type RawMode = {
  Replicated?: { Replicas?: number }
  Global?: object
  ReplicatedJob?: { MaxConcurrent?: number; TotalCompletions?: number }
  GlobalJob?: object
}

export type RawService = {
  ID: string
  Version?: { Index?: number }
  Spec: {
    Name: string
    Labels?: Record<string, string>
    TaskTemplate?: RawTaskTemplate
    Mode?: RawMode
    UpdateConfig?: { FailureAction?: string }
    EndpointSpec?: { Ports?: { PublishMode?: string; PublishedPort?: number }[] }
  }
  UpdateStatus?: { State?: string; StartedAt?: string; Message?: string }
}

export type RawTask = {
  ID: string
  CreatedAt?: string
  ServiceID?: string
  Slot?: number
  NodeID?: string
  DesiredState?: string
  Spec?: RawTaskTemplate
  Status?: {
    Timestamp?: string
    State?: string
    Message?: string
    Err?: string
    ContainerStatus?: { ContainerID?: string; ExitCode?: number }
  }
}

export type RawContainer = {
  Id: string
  State?: string
  Status?: string
  Labels?: Record<string, string>
}
