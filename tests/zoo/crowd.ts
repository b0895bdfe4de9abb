/** Does something with each item, a few at a time, in order. */
export async function crowd<T>(
  items: readonly T[],
  jobs: number,
  each: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items]
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await each(item)
  }
  await Promise.all(Array.from({ length: jobs }, worker))
}
