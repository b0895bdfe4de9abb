/** One assertion switched off in a copy of the source, and who must notice. */
export type Mutant = {
  /** The assertion, as a person would name it. */
  readonly check: string
  /** Source file, where `from` stands exactly once. */
  readonly file: string
  readonly from: string
  readonly to: string
  /** The animal that must come out wrong, or for a pure decider the test file that must fail. */
  readonly by: { readonly animal: string } | { readonly test: string }
}

/** @throws Error when the text is not there exactly once: the assertion has moved, and the row with it. */
export function mutate(source: string, { check, file, from, to }: Mutant): string {
  const times = source.split(from).length - 1
  if (times !== 1) throw new Error(`${check}: "${from}" stands ${times} times in ${file}`)
  return source.replace(from, () => to)
}
