import { lstatSync } from 'node:fs'

/** The first of `<path>.old-1`, `<path>.old-2` … that nothing has. */
export function nameAside(path: string): string {
  for (let number = 1; ; number += 1) {
    const name = `${path}.old-${number}`
    if (lstatSync(name, { throwIfNoEntry: false }) === undefined) return name
  }
}
