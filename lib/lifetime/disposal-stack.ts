type Undo = () => void | Promise<void>

export type UndoFailure = { readonly name: string; readonly error: unknown }

/**
 * Undo is registered before do: `add` first, then act, so that what was half done is undone too. Runs in reverse order,
 * never throws: a failing step is reported and the next one runs. (Node 20 has no AsyncDisposableStack.)
 */
export class DisposalStack implements AsyncDisposable {
  readonly #undos: { readonly name: string; readonly undo: Undo }[] = []
  readonly #report: (failure: UndoFailure) => void
  #disposing: Promise<void> | undefined

  constructor(report: (failure: UndoFailure) => void) {
    this.#report = report
  }

  /** Once disposal has begun, what is added is undone as well. */
  add(name: string, undo: Undo): void {
    this.#undos.push({ name, undo })
    if (this.#disposing !== undefined) this.#disposing = this.#disposing.then(() => this.#unwind())
  }

  /** Takes an undo off the list: what it was for is to stay. */
  remove(name: string): void {
    const place = this.#undos.findLastIndex(step => step.name === name)
    if (place >= 0) this.#undos.splice(place, 1)
  }

  /** Single flight: whoever asks again waits for the same end. */
  async disposeAsync(): Promise<void> {
    this.#disposing ??= this.#unwind()
    for (let seen; seen !== this.#disposing;) {
      seen = this.#disposing
      await seen
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync()
  }

  async #unwind(): Promise<void> {
    for (let step = this.#undos.pop(); step !== undefined; step = this.#undos.pop()) {
      try {
        await step.undo()
      } catch (error) {
        this.#report({ name: step.name, error })
      }
    }
  }
}
