type Resolved = { readonly url: string; readonly shortCircuit?: boolean }
type Next<Context, Found> = (specifier: string, context: Context) => Found

/** What tests import, and the file of this install that it is. */
const NAME = 'recipe-ci/test'
const HELPER = new URL('app.js', import.meta.url).href

/** Node's hook: a test lies outside of this install, so its import of the helper leads nowhere by itself. */
export function resolve<Context, Found>(
  specifier: string,
  context: Context,
  next: Next<Context, Found>,
): Found | Resolved {
  return specifier === NAME ? { url: HELPER, shortCircuit: true } : next(specifier, context)
}
