import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { GUARDS } from '../support/guards.js'
import { mutate } from '../zoo/mutant.js'

const ROOT = new URL('../../', import.meta.url).pathname
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** Every quoted text of a file, as a pattern: where a title is put together, anything may stand. */
function titlesIn(source: string): readonly RegExp[] {
  return [...source.matchAll(/'([^'\n]+)'|`([^`\n]+)`/g)].map(([, plain, filled = '']) => {
    const parts = plain === undefined ? filled.split(/\$\{[^}]*\}/) : [plain]
    return new RegExp(`^${parts.map(part => part.replace(/[^\w ]/g, '\\$&')).join('.+')}$`)
  })
}

t.test('every guard stands where its row says, and its test exists', async t => {
  for (const guard of GUARDS) {
    t.not(mutate(read(guard.file), guard), read(guard.file), guard.check)
    const { test, law } = guard.by
    t.ok(
      titlesIn(read(test)).some(title => title.test(law)),
      `${law}, in ${test}`,
    )
  }
  t.equal(new Set(GUARDS.map(({ check }) => check)).size, GUARDS.length)
})

t.test('docs/concurrency.md prints the table of guards, as it is', async t => {
  const table = [
    '| guard | without it fails | in |',
    '|---|---|---|',
    ...GUARDS.map(({ check, by }) => `| ${check} | ${by.law} | \`${by.test}\` |`),
  ].join('\n')
  t.match(read('docs/concurrency.md'), table)
})
