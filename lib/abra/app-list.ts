import { plainText } from './text.js'

/** What `abra app ls --machine` came to: how many apps it lists, or what is wrong with its form. */
export type AppList = { readonly apps: number } | { readonly problem: string }

const SHOWN_CHARS = 200

/** Reads the list: an object keyed by server, each with its apps, each of them with a recipe and a domain. */
export function readAppList(stdout: string): AppList {
  const text = plainText(stdout).trim()
  try {
    const listed = Object.entries(asObject(JSON.parse(text), 'the list')).map(countApps)
    return { apps: listed.reduce((sum, count) => sum + count, 0) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { problem: `${why}; it begins with: ${text.slice(0, SHOWN_CHARS)}` }
  }
}

function countApps([server, value]: [string, unknown]): number {
  const { apps } = asObject(value, `server "${server}"`)
  if (apps === undefined || apps === null) return 0
  if (!Array.isArray(apps)) throw new TypeError(`"apps" of server "${server}" is no array`)
  for (const app of apps) {
    const { recipe, domain } = asObject(app, `an app of server "${server}"`)
    if (typeof recipe !== 'string' || typeof domain !== 'string')
      throw new TypeError(`an app of server "${server}" has no texts "recipe" and "domain"`)
  }
  return apps.length
}

function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw new TypeError(`${what} is no object`)
}
