import type { ServiceFacts } from '../domain/stack-facts.js'

/** A service's environment as a record. */
export function envOf(service: ServiceFacts): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    service.env.map(line => {
      const at = line.indexOf('=')
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
    }),
  )
}
