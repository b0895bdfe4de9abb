import { join } from 'node:path'
import t from 'tap'
import { lintHead } from '../../../lib/cli/wiring/run-lint.js'
import type { RunWiring } from '../../../lib/cli/wiring/run-wiring.js'
import type { HappeningBody } from '../../../lib/domain/events.js'
import type { Prepared } from '../../../lib/run/prepare.js'

/** Lints in `dir` what `scratch` lays out, and tells what was said of it. */
async function linted(
  dir: string,
  scratch: () => Promise<void>,
  signal = new AbortController().signal,
): Promise<readonly HappeningBody[]> {
  const emitted: HappeningBody[] = []
  const verdict = { status: 'pass', detail: '', rulesFailed: [], outcome: { output: 'all good' } }
  const wiring = {
    request: { config: { abraDir: join(dir, 'abra'), upstreamBase: dir }, recipe: 'web' },
    folder: { path: join(dir, 'run') },
    abra: { lint: async () => verdict },
    mask: { mask: (text: string) => text },
    host: { lifetime: { signal } },
    emit: (happening: HappeningBody) => void emitted.push(happening),
    reached: () => undefined,
  } as unknown as RunWiring
  const fetched = { tree: { dirty: false, scratch }, tip: undefined }
  await lintHead(wiring, { fetched } as unknown as Prepared)
  return emitted
}

t.test('lint says what abra found', async t => {
  const dir = t.testdir({ abra: {}, run: {} })
  const said = await linted(dir, async () => undefined)
  t.strictSame(said, [{ type: 'lint.finished', status: 'pass', detail: '', rulesFailed: [] }])
})

t.test('a scratch clone that cannot be made is no fault of the run: lint is unver', async t => {
  const dir = t.testdir({ abra: {}, run: {} })
  const said = await linted(dir, () => Promise.reject(new Error('no clone')))
  const detail = 'could not lint: no clone'
  t.strictSame(said, [{ type: 'lint.finished', status: 'unver', detail, rulesFailed: [] }])
})

t.test('nor is an abra folder that cannot be made', async t => {
  const dir = t.testdir({ abra: {}, run: 'a file' })
  const said = await linted(dir, async () => undefined)
  t.match(said, [{ type: 'lint.finished', status: 'unver', detail: /^could not lint: .*run/ }])
})

t.test('a signal ends lint like everything else', async t => {
  const dir = t.testdir({ abra: {}, run: {} })
  const life = new AbortController()
  const cut = () => {
    life.abort(new Error('terminated'))
    return Promise.reject(new Error('killed'))
  }
  await t.rejects(linted(dir, cut, life.signal), { message: 'terminated' })
})
