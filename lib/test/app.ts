import { readContext, type Context } from './context.js'
import { execIn, type Ended } from './exec.js'
import { fetchFrom } from './fetch.js'

/** The app under test, for JavaScript tests and hooks of a recipe. */
export type App = {
  /** What the run says about itself and the app. */
  readonly context: Context
  /** A request to the app, as `fetch` makes it, to a path that begins with a slash; follows no redirect. */
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>
  /** Runs a command in a container of a service: a line for its sh, or a program and its words. */
  readonly exec: (service: string, cmd: string | readonly string[]) => Promise<Ended>
}

/** `import { app } from 'recipe-ci/test'` */
export const app: App = {
  get context() {
    return readContext(process.env)
  },
  fetch: (path, init) => fetchFrom(readContext(process.env), path, init),
  exec: (service, cmd) => execIn(readContext(process.env), { service, cmd }, process.env),
}
