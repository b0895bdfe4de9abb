/** What was found where a canary should be. */
export type Reading<Found> =
  | { readonly kind: 'found'; readonly found: Found }
  /** The place exists and the canary is not there. */
  | { readonly kind: 'gone'; readonly why: string }
  /** No service uses the place any more: what lay there is lost to the app. */
  | { readonly kind: 'unused'; readonly why: string }
  /** It could not be read: nothing is known. `final`: trying again would not help. */
  | { readonly kind: 'unreadable'; readonly why: string; readonly final?: boolean }
