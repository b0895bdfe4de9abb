import { join } from 'node:path'
import t from 'tap'
import { readRecord } from '../../../lib/janitor/run-record.js'

const RECORDS: readonly [
  what: string,
  text: string,
  status: string | undefined,
  recipe?: string,
][] = [
  ['a record', '{"schema":2,"recipe":"site","status":"running","stages":[]}', 'running', 'site'],
  ['an indented one', '{\n  "recipe": "site",\n  "status": "finished"\n}', 'finished', 'site'],
  ['status after nested parts', '{"stages":[{"status":"pass"}],"status":"running"}', 'running'],
  ['a nested status only', '{"lint":{"status":"running"}}', undefined],
  [
    'a status inside a string',
    '{"recipe":"\\"status\\":\\"running\\"","status":"aborted"}',
    'aborted',
  ],
  ['a long beginning', `{"version":"${'x'.repeat(5000)}","status":"running"}`, 'running'],
  ['a cut record', '{"schema":2,"recipe":"site"', undefined],
  ['no object', '["status"]', undefined],
  ['nothing', '', undefined],
  ['another type', '{"status":7}', undefined],
]

for (const [what, text, status, recipe] of RECORDS) {
  t.test(`the status of a run is the one of the whole record: ${what}`, async t => {
    const path = join(t.testdir({ 'results.json': text }), 'results.json')
    const record = readRecord(path)
    t.equal(record.status, status)
    if (recipe !== undefined) t.equal(record.recipe, recipe)
  })
}

t.test('a record that is missing or no file says nothing', async t => {
  const dir = t.testdir({ 'results.json': {} })
  t.strictSame(readRecord(join(dir, 'missing.json')).status, undefined)
  t.strictSame(readRecord(join(dir, 'results.json')).status, undefined)
})
