/** How bad it is: fine, worth knowing, or a run would go wrong. */
export type Severity = 'ok' | 'warn' | 'fail'

/** What a look at one thing of the host gave. `fix` is empty where nothing is to be done. */
export type Observation = {
  readonly severity: Severity
  readonly seen: string
  readonly fix: string
}

/** An observation with the name of its check; names only ever grow. */
export type Finding = Observation & { readonly id: string; readonly ms: number }
