import type { Engine } from '../swarm/engine.js'
import { filterQuery } from '../swarm/engine.js'

type Image = {
  readonly Id: string
  readonly Size?: number
  readonly RepoDigests?: readonly string[] | null
}

export type Removed = { readonly images: number; readonly bytes: number }

/**
 * Removes images that have no name and that nothing uses. Before each one it is asked again whether a run is alive: an
 * image that was pulled by its digest alone looks just the same, and a run that begins has its folder's lock long before it
 * pulls. Never by force; what the Engine refuses to remove stays. Throws an EngineFault when they cannot be listed.
 */
export async function removeDangling(
  engine: Pick<Engine, 'get' | 'remove'>,
  someRunLives: () => Promise<boolean>,
): Promise<Removed> {
  const query = filterQuery({ dangling: ['true'] })
  let removed: Removed = { images: 0, bytes: 0 }
  for (const { Id, Size = 0, RepoDigests } of await engine.get<Image[]>(`/images/json?${query}`)) {
    if ((RepoDigests ?? []).some(digest => !digest.startsWith('<none>'))) continue
    if (await someRunLives()) return removed
    const gone = await engine.remove(`/images/${Id}`).then(
      () => true,
      () => false,
    )
    if (gone) removed = { images: removed.images + 1, bytes: removed.bytes + Size }
  }
  return removed
}
