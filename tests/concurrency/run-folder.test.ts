import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { RunId } from '../../lib/domain/names.js'
import { RunLock } from '../../lib/lock/run-lock.js'
import { makeRunFolder } from '../../lib/run/run-folder.js'

const note = { run_id: 'x', pid: process.pid, started: new Date().toISOString() }
const id = 'x' as RunId

t.test('the folder of a run that lives keeps its name until that run is over', async t => {
  const dir = t.testdir({})
  const first = await makeRunFolder(dir, id, making())
  writeFileSync(join(first.path, 'mark'), 'first')
  let second: ReturnType<typeof makeRunFolder> | undefined
  const text = await new Promise<string>(announce => {
    second = makeRunFolder(dir, id, making({ announce }))
    void second.then(() => {
      announce('nobody was waited for')
    })
  })
  t.match(text, /in use by run x, pid \d+ since .*: waiting for its end/)
  t.equal(readFileSync(join(dir, 'x', 'mark'), 'utf8'), 'first')
  t.notOk(existsSync(join(dir, 'x.old-1')))

  first.lock.release()
  const path = (await second)?.path ?? ''
  t.notOk(existsSync(join(path, 'mark')), 'a fresh one')
  t.equal(readFileSync(join(dir, 'x.old-1', 'mark'), 'utf8'), 'first')
})

t.test('whoever has the name of a folder has it alone, however many ask', async t => {
  const marks = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  t.testdir({})
  for (let round = 1; round <= 10; round += 1) {
    const dir = mkdtempSync(join(t.testdirName, 'runs-'))
    const alone = async (mark: string): Promise<string> => {
      const { path, lock } = await makeRunFolder(dir, id, making())
      writeFileSync(join(path, mark), '')
      await sleep(5)
      const seen = readdirSync(path).filter(name => marks.includes(name))
      lock.release()
      return seen.join()
    }
    t.strictSame(await Promise.all(marks.map(alone)), marks)
    t.equal(readdirSync(dir).length, marks.length)
  }
})

t.test('the end of a run that waits for its folder leaves nothing of it', async t => {
  const dir = t.testdir({})
  await makeRunFolder(dir, id, making())
  const ending = new AbortController()
  const end = { reason: 'terminated', code: 143 }
  const announce = () => {
    ending.abort(end)
  }
  const second = makeRunFolder(dir, id, making({ signal: ending.signal, announce }))
  t.equal(await second.catch((reason: unknown) => reason), end)
  t.strictSame(readdirSync(dir), ['x'])
})

t.test('what is no run folder is renamed at once, a link to one that lives too', async t => {
  const dir = t.testdir({ x: 'a file', 'x.old-1': {}, y: {} })
  await RunLock.take(join(dir, 'y'), note)
  await makeRunFolder(dir, id, making())
  t.equal(readFileSync(join(dir, 'x.old-2'), 'utf8'), 'a file')
  symlinkSync(join(dir, 'y'), join(dir, 'z'))
  await makeRunFolder(dir, 'z' as RunId, making())
  t.ok(existsSync(join(dir, 'z.old-1', 'run.lock')), 'the link leads where it led')
  mkdirSync(join(dir, 'w'))
  await makeRunFolder(dir, 'w' as RunId, making())
  t.strictSame(readdirSync(join(dir, 'w.old-1')), [])
})

t.test('a place where nothing can be made is told at once', async t => {
  for (const place of ['/proc/recipe-ci', '/proc/recipe-ci/runs'])
    await t.rejects(makeRunFolder(place, id, making()), {
      message: `Cannot make the run folder "${place}/x": ENOENT`,
    })
})

function making(given: Partial<Parameters<typeof makeRunFolder>[2]> = {}) {
  const { signal } = new AbortController()
  return { note, reached: () => undefined, signal, announce: () => undefined, ...given }
}
