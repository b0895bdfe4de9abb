import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './runner.js'

type Locked = { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> }
type Manifest = {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly licenses?: readonly { readonly type: string }[]
}

/** A package that comes along with an install, and its licence as an SPDX expression. */
export type Licensed = { readonly name: string; readonly version: string; readonly licence: string }

/** All that `npm install --omit=dev` brings, from the lock and the packages' own words. */
export function runtimePackages(): readonly Licensed[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Locked
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path]) => {
      const text = readFileSync(join(ROOT, path, 'package.json'), 'utf8')
      const { name, version, license, licenses } = JSON.parse(text) as Manifest
      const licence = license ?? licenses?.map(({ type }) => type).join(' OR ') ?? 'none'
      return { name, version, licence }
    })
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1))
}

/** docs/licences.md as it should be. */
export function licencesPage(): string {
  const rows = runtimePackages().map(
    ({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`,
  )
  return `# Licences

recipe-ci is GPL-3.0-or-later. What comes along with an install, all under licences that the GPL admits; written by
\`npm run docs\`:

| package | version | licence |
|---|---|---|
${rows.join('\n')}
`
}
