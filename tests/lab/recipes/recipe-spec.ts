/** The images that recipes name, with a tag. What each must offer stands in README.md. */
export type RecipeImages = {
  readonly web: string
  readonly notes: string
  readonly postgres: string
  readonly redis: string
}

/** A text that is replaced in a file of the layers below; it must be there. */
export type Edit = { readonly file: string; readonly from: string; readonly to: string }

/** One commit of a recipe's history. */
export type Release = {
  /** `<semver of the recipe>+<version of the app>`: the tag, the label and the name of the release notes. */
  readonly version: string
  /** Folders below templates/, later ones over earlier ones. */
  readonly layers: readonly string[]
  readonly edits?: readonly Edit[]
  /** More files, by their path in the repository. */
  readonly files?: Readonly<Record<string, string>>
  /** release/<version>: kept by later releases. */
  readonly notes?: string
  /** How the commit is tagged; annotated unless it says otherwise. */
  readonly tag?: 'annotated' | 'lightweight' | 'none'
}

export type RecipeSpec = {
  readonly name: string
  /** What the recipe is there to show. */
  readonly about: string
  readonly releases: readonly [Release, ...Release[]]
}
