import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { ROOT } from './runner.js'

/** Of each folder of lib, the folders that its files import, types and late imports included. */
export type FolderGraph = Readonly<Record<string, readonly string[]>>

/** Everybody may import these. */
const WORDS = ['domain', 'errors.ts']

export function folderGraph(): FolderGraph {
  const graph = new Map<string, Set<string>>()
  for (const file of readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue
    const from = folderOf(file)
    const text = readFileSync(join(ROOT, 'lib', file), 'utf8')
    const seen = graph.get(from) ?? new Set()
    for (const [, path = ''] of text.matchAll(/(?:from|import|import\()\s*'(\.{1,2}\/[^']+)'/g)) {
      const to = folderOf(normalize(join(dirname(file), path)).replace(/\.js$/, '.ts'))
      if (to !== from && !WORDS.includes(to)) seen.add(to)
    }
    graph.set(from, seen)
  }
  const entries = [...graph].filter(([from]) => !WORDS.includes(from))
  return Object.fromEntries(entries.sort().map(([from, to]) => [from, [...to].sort()]))
}

function folderOf(file: string): string {
  return file.split('/')[0] ?? ''
}

/** The diagram of docs/architecture.md. What cli imports is left out: it is everything that others do not start. */
export function folderDiagram(): string {
  const lines = Object.entries(folderGraph())
    .filter(([from, to]) => from !== 'cli' && to.length > 0)
    .map(([from, to]) => `  ${from} --> ${to.join(' & ')}`)
  return ['```mermaid', 'graph LR', ...lines, '```'].join('\n')
}
