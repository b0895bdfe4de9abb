import { execFile } from 'node:child_process'
import t from 'tap'
import { REFUSED, TAKEN } from '../support/ref-names.js'

t.test('git takes and refuses the refs that we take and refuse', async t => {
  for (const name of TAKEN) t.ok(await gitTakes(name), JSON.stringify(name))
  for (const name of REFUSED) t.notOk(await gitTakes(name), JSON.stringify(name))
})

async function gitTakes(name: string): Promise<boolean> {
  return new Promise(resolve => {
    execFile('git', ['check-ref-format', '--allow-onelevel', name], error => {
      resolve(error === null)
    })
  })
}
