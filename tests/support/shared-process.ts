import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** What a file does to the root test would reach the other files in its process. */
const TOUCHES_ROOT =
  /^(?:(?:const|let) .*= (?:await )?t\.testdir|t\.(?:testdir|before|after|beforeEach|afterEach|jobs|plan|setTimeout|teardown)\b)/m

/**
 * Writes `count` entry files into `dir`, each of which imports its share of the test files, and returns what to run: the
 * entries, and by themselves the files that do something to the root test.
 */
export function share(files: readonly string[], count: number, dir: string): readonly string[] {
  const alone = files.filter(file => TOUCHES_ROOT.test(readFileSync(file, 'utf8')))
  const together = files.filter(file => !alone.includes(file))
  const entries = Array.from({ length: Math.min(count, together.length) }, (_, number) => {
    const path = `${dir}/shared-${number + 1}.test.ts`
    writeFileSync(path, entryOf(together.filter((_file, index) => index % count === number)))
    return path
  })
  return [...entries, ...alone]
}

/** A file that cannot even be imported fails by its name, and the next one still runs. */
function entryOf(files: readonly string[]): string {
  const paths = files.map(file => resolve(file))
  return [
    "import t from 'tap'",
    `for (const file of ${JSON.stringify(paths)}) {`,
    '  try {',
    '    await import(file)',
    '  } catch (error) {',
    '    t.fail(file, { error })',
    '  }',
    '}',
    '',
  ].join('\n')
}
