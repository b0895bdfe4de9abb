import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fetchStaged } from '../../lib/commands/fetch.js'
import type { RecipeName } from '../../lib/domain/names.js'
import type { FetchRequest, HostConfig, Source } from '../../lib/domain/request.js'
import { createGit } from '../../lib/git/git.js'
import { Repository } from '../support/repository.js'
import { realRunner } from '../support/runner.js'

type Bench = {
  dir: string
  upstream: Repository
  staged: string
  fetch: (request?: { ref?: string; src?: Source }) => Promise<string[]>
}

async function bench(t: Test): Promise<Bench> {
  const dir = t.testdir()
  const upstream = await Repository.create(join(dir, 'upstream', 'notes.git'))
  const git = createGit({ run: await realRunner(), env: process.env })
  const config = {
    abraDir: join(dir, 'abra'),
    upstreamBase: join(dir, 'upstream'),
  } as unknown as HostConfig
  const own: Source = { kind: 'upstream', location: upstream.dir }
  return {
    dir,
    upstream,
    staged: join(dir, 'abra', 'recipes', 'notes'),
    fetch: async ({ ref, src = own } = {}) => {
      const lines: string[] = []
      const request: FetchRequest = { recipe: 'notes' as RecipeName, ref, src, config }
      await fetchStaged(request, { git, emit: () => undefined, print: line => lines.push(line) })
      return lines
    },
  }
}

const text = (dir: string): string => readFileSync(join(dir, 'compose.yml'), 'utf8')

t.test('the staged clone is made, then updated, and its head commit printed', async t => {
  const { upstream, staged, fetch } = await bench(t)
  const first = await upstream.commit({ 'compose.yml': 'one', old: '' })
  t.strictSame(await fetch(), [first])
  t.equal(text(staged), 'one')
  const second = await upstream.commit({ 'compose.yml': 'two' })
  await upstream.tag('1.0.0+1')
  t.strictSame(await fetch(), [second])
  t.equal(text(staged), 'two')
  t.strictSame(await fetch({ ref: first }), [first])
  t.equal(text(staged), 'one')
  t.strictSame(await fetch({ ref: '1.0.0+1' }), [second])
  t.strictSame(readdirSync(join(staged, '..')), ['notes'], 'nothing beside it')
})

t.test('a branch is the one that origin has now', async t => {
  const { upstream, fetch } = await bench(t)
  await upstream.commit({ 'compose.yml': 'one' })
  await upstream.git('checkout', '-q', '-b', 'topic')
  await fetch()
  const moved = await upstream.commit({ 'compose.yml': 'two' })
  t.strictSame(await fetch({ ref: 'topic' }), [moved])
  t.strictSame(await fetch({ ref: 'main' }), [await upstream.git('rev-parse', 'main')])
})

t.test('a source that is named becomes the origin; without one it stays', async t => {
  const { dir, upstream, staged, fetch } = await bench(t)
  await upstream.commit({ 'compose.yml': 'one' })
  await upstream.tag('1.0.0+1')
  const fork = await Repository.create(join(dir, 'fork'))
  const other = await fork.commit({ 'compose.yml': 'fork' })
  await fetch()
  t.strictSame(await fetch({ ref: other, src: { kind: 'path', location: fork.dir } }), [other])
  t.equal(text(staged), 'fork')
})

t.test('a person’s work in the staged clone is never buried', async t => {
  const { upstream, staged, fetch } = await bench(t)
  await upstream.commit({ 'compose.yml': 'one' })
  await fetch()
  writeFileSync(join(staged, 'new.yml'), 'work')
  await t.rejects(fetch(), { code: 'RCI_STAGED_WORK', message: /"new\.yml" has uncommitted/ })
  t.ok(existsSync(join(staged, 'new.yml')))
  const mine = await Repository.at(staged).commit({})
  await upstream.commit({ 'compose.yml': 'two' })
  await t.rejects(fetch(), { code: 'RCI_STAGED_WORK', message: /branch "main" has commits/ })
  t.equal(await Repository.at(staged).git('rev-parse', 'main'), mine)
})

t.test('a fetch that fails leaves no half clone', async t => {
  const { dir, upstream, fetch } = await bench(t)
  await t.rejects(fetch({ src: { kind: 'path', location: join(dir, 'nowhere') } }), {
    code: 'RCI_ABSENT',
  })
  t.strictSame(readdirSync(join(dir, 'abra', 'recipes')), [])
  await upstream.commit({ 'compose.yml': 'one' })
  await t.rejects(fetch({ ref: 'none' }), { code: 'RCI_ABSENT', message: /ref "none"/ })
})
