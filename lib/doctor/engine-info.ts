/** What `/info` of the Engine says, as far as it is read here. Every field may be missing. */
export type EngineInfo = {
  readonly ServerVersion?: string
  readonly DockerRootDir?: string
  readonly SystemTime?: string
  readonly Swarm?: {
    readonly NodeID?: string
    readonly LocalNodeState?: string
    readonly ControlAvailable?: boolean
    readonly Nodes?: number
  } | null
}
