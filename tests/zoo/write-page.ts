/** Writes the table of docs/zoo.md: `node --import tsx tests/zoo/write-page.ts`. */
import { readFile, writeFile } from 'node:fs/promises'
import { ANIMALS } from './animals/all.js'
import { withTable } from './page.js'

const PAGE = new URL('../../docs/zoo.md', import.meta.url)
await writeFile(PAGE, withTable(await readFile(PAGE, 'utf8'), ANIMALS))
