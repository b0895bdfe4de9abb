import type { Meta } from '../domain/meta.js'
import type { CommitId } from '../domain/names.js'
import type { CustomFile, Customisation } from '../recipe/customisation.js'
import type { RecipeTree } from '../recipe/tree.js'

/** What an upgrade starts from. */
export type Base = { readonly commit: CommitId; readonly version: string | undefined }

/** A recipe at the commit that will be deployed, as the bench needs it. */
export type PreparedApp = {
  readonly fetched: { readonly tree: RecipeTree }
  readonly meta: Meta
  readonly customisation: Customisation
  readonly headVersion: string | undefined
  /** Services of its compose files; empty when they cannot be read. */
  readonly headServices: readonly string[]
  readonly base: Base | undefined
  /** A compose file that goes over the base's, in the base deploy only. */
  readonly repair: CustomFile | undefined
  readonly images: { readonly base: readonly string[]; readonly head: readonly string[] }
}
