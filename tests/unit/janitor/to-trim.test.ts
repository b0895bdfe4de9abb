import t from 'tap'
import { toTrim, type RunFolder } from '../../../lib/janitor/to-trim.js'

const HOUR = 60 * 60 * 1000
const now = new Date(1000 * HOUR)

/** Run n took its lock n hours after the epoch. */
function run(hours: number, facts: Partial<RunFolder> = {}): RunFolder {
  return {
    name: String(hours),
    startedMs: hours * HOUR,
    status: 'finished',
    recipe: 'site',
    ...facts,
  }
}
const names = (folders: readonly RunFolder[]) => folders.map(({ name }) => name).sort()

t.test('the newest are kept, as many as asked', async t => {
  const folders = [run(3), run(1), run(4), run(2)]
  t.strictSame(names(toTrim(folders, 2, now)), ['1', '2'])
  t.strictSame(names(toTrim(folders, 4, now)), [])
  t.strictSame(
    names(toTrim(folders, 0, now)),
    ['1', '2', '3'],
    'but never the newest of its recipe',
  )
})

t.test('the newest run of each recipe is kept, however old', async t => {
  const folders = [run(1, { recipe: 'kv' }), run(2, { recipe: 'kv' }), run(3), run(4)]
  t.strictSame(names(toTrim(folders, 1, now)), ['1', '3'])
})

t.test('what still says running is kept', async t => {
  t.strictSame(names(toTrim([run(1, { status: 'running' }), run(2), run(3)], 1, now)), ['2'])
})

t.test('a folder without a record goes only when it has been so for an hour', async t => {
  const silent = { status: undefined, recipe: undefined }
  const folders = [run(1000, silent), run(999.5, silent), run(998, silent)]
  t.strictSame(names(toTrim(folders, 0, now)), ['998'])
})
