import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { HappeningBody } from '../../lib/domain/events.js'
import { createGit, type Git } from '../../lib/git/git.js'
import { fetchRecipe, type FetchPlan, type Fetched } from '../../lib/recipe/fetch.js'
import { filesAt, filesIn } from '../../lib/recipe/files.js'
import { Repository } from '../support/repository.js'
import { realRunner } from '../support/runner.js'

type Bench = {
  dir: string
  git: Git
  source: Repository
  first: string
  second: string
  happenings: HappeningBody[]
  fetch: (plan?: Partial<FetchPlan>) => Promise<Fetched>
}

async function bench(t: Test): Promise<Bench> {
  const dir = t.testdir()
  const git = createGit({ run: await realRunner(), env: process.env })
  const source = await Repository.create(join(dir, 'source'))
  const first = await source.commit({ 'compose.yml': 'one', 'tests/test_install.sh': 'x' })
  await source.tag('1.0.0+1')
  const second = await source.commit({ 'compose.yml': 'two' })
  const happenings: HappeningBody[] = []
  let runs = 0
  const fetch = async (plan: Partial<FetchPlan> = {}): Promise<Fetched> => {
    const run = join(dir, `run-${(runs += 1)}`)
    return fetchRecipe(
      { git, emit: happening => happenings.push(happening) },
      {
        recipe: 'notes',
        src: { kind: 'path', location: source.dir },
        ref: undefined,
        version: undefined,
        pr: 0,
        skipFetch: false,
        staged: source.dir,
        dir: join(run, 'abra', 'recipes', 'notes'),
        keep: join(run, 'uncommitted'),
        upstream: source.dir,
        ...plan,
      },
    )
  }
  return { dir, git, source, first, second, happenings, fetch }
}

const text = (dir: string, name = 'compose.yml'): string => readFileSync(join(dir, name), 'utf8')

t.test('without a ref the head is the tip of the default branch', async t => {
  const { source, first, fetch } = await bench(t)
  await source.git('checkout', '-q', '-b', 'trunk')
  const tip = await source.commit({ 'compose.yml': 'three' })
  const { tree, tip: found, tags } = await fetch()
  t.equal(tree.head, tip)
  t.strictSame(found, { branch: 'trunk', commit: tip })
  t.equal(text(tree.dir), 'three')
  t.notOk(tree.dirty)
  t.strictSame(
    tags.map(({ name }) => name),
    ['1.0.0+1'],
  )
  await source.git('checkout', '-q', '--detach', first)
  const detached = await fetch()
  t.equal(detached.tree.head, first, 'a source without a branch is at its commit')
  t.equal(detached.tip, undefined)
})

t.test('a ref or a version is the head, wherever the branch is', async t => {
  const { source, first, second, fetch } = await bench(t)
  t.equal((await fetch({ ref: first })).tree.head, first)
  t.equal((await fetch({ ref: '1.0.0+1' })).tree.head, first)
  t.equal((await fetch({ version: '1.0.0+1' })).tree.head, first)
  const { tree, tip } = await fetch({ ref: first })
  t.equal(text(tree.dir), 'one')
  t.equal(tip?.commit, second, 'the tip is another matter')
  await source.git('checkout', '-q', '-b', 'topic')
  const pull = await source.commit({ 'compose.yml': 'pull' })
  await source.git('update-ref', 'refs/pull/7/head', pull)
  await source.git('checkout', '-q', 'main')
  await source.git('branch', '-q', '-D', 'topic')
  const src = { kind: 'url', location: `file://${source.dir}` } as const
  t.equal((await fetch({ src, ref: pull, pr: 7 })).tree.head, pull, 'the head of a pull request')
})

t.test('what is absent is named with the place it was looked for', async t => {
  const { dir, source, first, fetch } = await bench(t)
  const absent = { code: 'RCI_ABSENT' }
  const nowhere = join(dir, 'nowhere')
  await t.rejects(fetch({ src: { kind: 'path', location: nowhere } }), {
    ...absent,
    message: new RegExp(`Cannot get the recipe "notes" from "${nowhere}": `),
  })
  await t.rejects(fetch({ ref: 'none' }), {
    ...absent,
    message: `Cannot find the ref "none" of "notes": no commit, branch or tag of "${source.dir}"`,
  })
  await t.rejects(fetch({ ref: first.slice(0, 8) }), { ...absent, hint: /all forty digits/ })
  await t.rejects(fetch({ ref: 'f'.repeat(40), pr: 3 }), absent)
  await t.rejects(fetch({ version: '9.9.9+9' }), { ...absent, hint: /newest: 1\.0\.0\+1/ })
  await t.rejects(fetch({ skipFetch: true, staged: nowhere }), {
    ...absent,
    hint: /recipe-ci fetch notes/,
  })
  const empty = await Repository.create(join(dir, 'empty'))
  await t.rejects(fetch({ src: { kind: 'path', location: empty.dir } }), {
    ...absent,
    message: /has no commit/,
  })
})

t.test(
  'a source without version tags gets those of upstream, and says when it can not',
  async t => {
    const { dir, source, happenings, fetch } = await bench(t)
    const fork = await Repository.create(join(dir, 'fork'))
    await fork.git('fetch', '-q', '--no-tags', source.dir, 'main')
    await fork.git('reset', '-q', '--hard', 'FETCH_HEAD')
    await fork.tag('junk')
    const src = { kind: 'path', location: fork.dir } as const
    const { tags } = await fetch({ src })
    t.strictSame(
      tags.map(({ name }) => name),
      ['1.0.0+1', 'junk'],
    )
    const alone = await fetch({ src, upstream: join(dir, 'nowhere') })
    t.strictSame(
      alone.tags.map(({ name }) => name),
      ['junk'],
    )
    t.match(happenings, [{ type: 'run.warned', text: /no version tags.*cannot be had/ }])
  },
)

t.test(
  'a copy of the staged clone has its uncommitted files, and the staged clone is untouched',
  async t => {
    const { source, first, second, fetch } = await bench(t)
    source.write({ 'compose.yml': 'changed', 'new/file.sh': 'new' })
    chmodSync(join(source.dir, 'new', 'file.sh'), 0o755)
    symlinkSync('compose.yml', join(source.dir, 'link'))
    await source.git('rm', '-q', '--cached', 'tests/test_install.sh')
    const before = fingerprint(source.dir)
    const { tree } = await fetch({ skipFetch: true })
    t.equal(tree.head, second)
    t.ok(tree.dirty)
    t.equal(text(tree.dir), 'changed')
    await tree.toCommit(first as typeof tree.head)
    t.equal(text(tree.dir), 'one')
    t.notOk(existsSync(join(tree.dir, 'new')), 'a base has none of the head’s files')
    writeFileSync(join(tree.dir, 'compose.ccci.yml'), 'overlay')
    await tree.toHead()
    t.equal(text(tree.dir), 'changed')
    t.equal(statSync(join(tree.dir, 'new', 'file.sh')).mode & 0o777, 0o755)
    t.notOk(existsSync(join(tree.dir, 'compose.ccci.yml')))
    await tree.pristine()
    t.equal(text(tree.dir), 'two', 'for those who refuse a dirty tree')
    t.notOk(existsSync(join(tree.dir, 'new')))
    t.strictSame(fingerprint(source.dir), before)
  },
)

t.test('with a ref a copy of the staged clone is that commit and nothing else', async t => {
  const { source, first, fetch } = await bench(t)
  source.write({ 'compose.yml': 'changed', extra: 'x' })
  const { tree } = await fetch({ skipFetch: true, ref: first })
  t.equal(tree.head, first)
  t.notOk(tree.dirty)
  t.equal(text(tree.dir), 'one')
  t.notOk(existsSync(join(tree.dir, 'extra')))
})

t.test(
  'a staged clone that is a linked work tree is copied without touching its repository',
  async t => {
    const { dir, source, second, fetch } = await bench(t)
    const linked = join(dir, 'linked')
    await source.git('worktree', 'add', '-q', '--detach', linked)
    writeFileSync(join(linked, 'compose.yml'), 'changed')
    const before = fingerprint(source.dir)
    const { tree } = await fetch({ skipFetch: true, staged: linked })
    t.equal(tree.head, second)
    t.equal(text(tree.dir), 'changed')
    t.ok(statSync(join(tree.dir, '.git')).isDirectory())
    t.strictSame(fingerprint(source.dir), before)
  },
)

t.test('a staged clone that says its files lie elsewhere is copied to where we are', async t => {
  const { dir, source, fetch } = await bench(t)
  const elsewhere = join(dir, 'elsewhere')
  mkdirSync(elsewhere)
  writeFileSync(join(elsewhere, 'precious'), 'x')
  await source.git('config', 'core.worktree', elsewhere)
  writeFileSync(join(source.dir, '.git', 'index.lock'), '')
  const { tree } = await fetch({ skipFetch: true })
  await tree.toHead()
  t.equal(text(tree.dir), 'two')
  t.strictSame(readdirSync(elsewhere), ['precious'])
})

t.test(
  'lint gets a clone of its own: the head on a branch, uncommitted files, the real origin',
  async t => {
    const { dir, git, source, first, fetch } = await bench(t)
    const { tree } = await fetch({ ref: first })
    const scratch = join(dir, 'lint')
    const origin = 'https://git.coopcloud.tech/coop-cloud/notes.git'
    await tree.scratch(scratch, { origin, branch: 'main' })
    t.equal(await git.head(scratch), first)
    t.equal(await git.resolve(scratch, 'refs/heads/main'), first, 'main leads to the head')
    t.equal(await git.origin(scratch), origin)
    t.notOk(await git.isDirty(scratch))
    t.equal((await git.tags(scratch)).length, 1)
    source.write({ 'compose.yml': 'changed' })
    const staged = await fetch({ skipFetch: true })
    await staged.tree.scratch(join(dir, 'lint-2'), { origin, branch: 'main' })
    t.ok(await git.isDirty(join(dir, 'lint-2')))
  },
)

t.test('a file of a recipe is never one outside of it', async t => {
  const { dir, git, source, first, fetch } = await bench(t)
  writeFileSync(join(dir, 'secret'), 'secret')
  symlinkSync('../secret', join(source.dir, 'leak.yml'))
  symlinkSync('compose.yml', join(source.dir, 'inside.yml'))
  symlinkSync('/etc/hostname', join(source.dir, 'away.yml'))
  symlinkSync('loop.yml', join(source.dir, 'loop.yml'))
  await source.commit({})
  const { tree } = await fetch()
  const disk = filesIn(source.dir)
  for (const path of [
    'leak.yml',
    '../secret',
    join(dir, 'secret'),
    'sub/../../secret',
    '',
    'none',
    'tests',
  ])
    t.equal(await disk(path), undefined, path)
  t.equal(await disk('inside.yml'), 'two')
  t.equal(await disk('./compose.yml'), 'two')
  const commit = filesAt(git, tree.dir, first)
  t.equal(await commit('./compose.yml'), 'one')
  t.equal(await commit('../secret'), undefined)
  t.equal(await commit('none'), undefined)
  const head = filesAt(git, tree.dir, tree.head)
  t.equal(await head('inside.yml'), 'two', 'a link within the recipe is followed')
  for (const path of ['leak.yml', 'away.yml', 'loop.yml'])
    t.equal(await head(path), undefined, path)
})

function fingerprint(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map(name => join(dir, name))
    .sort()
    .map(path => {
      const { ino, mtimeNs, size } = statSync(path, { bigint: true })
      return [path, ino, size, mtimeNs].join(' ')
    })
}
