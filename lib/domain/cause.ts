/** Every class of cause and the exit code it leads to. `no_node` is 7 for a constraint and 1 for missing resources. */
export const CAUSE_EXIT = {
  image_missing: 7,
  secret_missing: 7,
  no_node: 7,
  crash_loop: 7,
  oom: 7,
  killed_unhealthy: 7,
  rolled_back: 7,
  not_converged: 7,
  not_serving: 7,
  bad_certificate: 7,
  data_lost: 7,
  backup_empty: 7,
  backup_failed: 7,
  restore_lost: 7,
  restore_not_in_place: 7,
  test_failed: 7,
  dependency_unverified: 7,
  not_verified: 7,
  deploy_count: 7,
  leftovers: 7,
  no_resources: 1,
  pull_limited: 1,
  registry_down: 1,
  port_taken: 1,
  addresses_exhausted: 1,
  disk_full: 1,
  fault: 1,
} as const

/** `no_resources` is `no_node` for want of resources: same name in results.json, another exit code. */
export type CauseClass = keyof typeof CAUSE_EXIT

/** The first thing that went wrong, for a person who reads one sentence. */
export type Cause = {
  readonly class: CauseClass
  /** One sentence that names the service or the check. */
  readonly sentence: string
  /** The line that proves it: a task's error, a log line, a status. */
  readonly evidence: string
  /** What to do next. */
  readonly fix: string
}
