import { domainOf, leftOf, startLabRun } from './lab-run.js'
import { testLab } from './test-lab.js'
import type { Test } from 'tap'

/** A bad recipe and what has to be said about it. */
export type BadRow = {
  readonly recipe: string
  readonly rung: string
  readonly cause: string
  /** What the sentence of the cause names. */
  readonly names: RegExp
}

/** Runs a bad recipe: red, at the right rung, with one cause, and nothing left. */
export async function expectBad(t: Test, row: BadRow): Promise<void> {
  const lab = await testLab()
  const run = startLabRun(lab, row.recipe, { id: row.recipe })
  const { exitCode, results, stderr } = await run.ended
  t.equal(exitCode, 7, stderr)
  t.match(results, {
    status: 'finished',
    exit_code: 7,
    rungs: { [row.rung]: 'fail' },
    cause: { class: row.cause, sentence: row.names },
    flags: { clean_teardown: true },
  })
  t.strictSame(await leftOf(lab, domainOf(run.happenings)), [])
}
