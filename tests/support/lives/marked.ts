import { join } from 'node:path'
import type { Test } from 'tap'
import { killMarked } from './processes.js'

let cases = 0

/** One case of a test: a journal of its own, and a mark in the environment of everything that it starts. */
export type Case = {
  readonly journal: string
  readonly mark: string
  readonly env: Readonly<Record<string, string>>
}

/** What a case starts is found by its mark wherever it hides, and is killed at the test's end. */
export function makeCase(t: Test, dir: string): Case {
  const mark = `${process.pid}-${++cases}`
  const journal = join(dir, `journal-${mark}`)
  t.teardown(() => {
    killMarked(mark)
  })
  return { journal, mark, env: { MARK: mark, JOURNAL: journal } }
}
