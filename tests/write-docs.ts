/** `npm run docs`: writes the parts of docs/ that are made from the code. Tests say when they are out of date. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folderDiagram } from './support/folder-graph.js'
import { licencesPage } from './support/licences.js'
import { ROOT } from './support/runner.js'

const page = join(ROOT, 'docs/architecture.md')
const text = readFileSync(page, 'utf8')
writeFileSync(page, text.replace(/```mermaid\n[^`]*```/, folderDiagram))
writeFileSync(join(ROOT, 'docs/licences.md'), licencesPage())
