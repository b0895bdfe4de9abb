import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createGit, type Git } from '../../lib/git/git.js'
import { GitFault } from '../../lib/git/git-command.js'
import { Repository } from '../support/repository.js'
import { realRunner } from '../support/runner.js'

type Bench = { dir: string; source: Repository; git: Git; clone: string }

async function bench(t: Test, env = process.env): Promise<Bench> {
  const dir = t.testdir()
  const source = await Repository.create(join(dir, 'source'))
  return {
    dir,
    source,
    git: createGit({ run: await realRunner(), env }),
    clone: join(dir, 'clone'),
  }
}

t.test('a clone has the whole history, all tags and no file of the source is touched', async t => {
  const { source, git, clone } = await bench(t)
  const first = await source.commit({ 'compose.yml': 'one' })
  await source.tag('1.0.0+1')
  await source.tag('light', { annotated: false })
  await source.git('tag', 'blob', await source.git('hash-object', '-w', 'compose.yml'))
  const second = await source.commit({ 'compose.yml': 'two' })
  const before = fingerprint(source.dir)
  await git.clone(source.dir, clone)
  t.strictSame(fingerprint(source.dir), before)
  t.strictSame(await git.defaultTip(clone), { branch: 'main', commit: second })
  const tags = await git.tags(clone)
  t.strictSame(
    tags.map(({ name, annotated, commit }) => ({ name, annotated, commit })),
    [
      { name: '1.0.0+1', annotated: true, commit: first },
      { name: 'light', annotated: false, commit: first },
    ],
    'a tag on a file is no version of anything',
  )
  t.ok(tags.every(({ date }) => date > 1_600_000_000))
  t.equal(await git.origin(clone), source.dir)
})

t.test('a ref is 40 digits, a tag, a branch or a full ref, and nothing else', async t => {
  const { source, git, clone } = await bench(t)
  const first = await source.commit({ a: '1' })
  await source.tag('v1')
  await source.git('branch', 'feature/x')
  const second = await source.commit({ a: '2' })
  await git.clone(source.dir, clone)
  t.equal(await git.resolve(clone, first), first)
  t.equal(await git.resolve(clone, first.toUpperCase()), first)
  t.equal(await git.resolve(clone, 'v1'), first)
  t.equal(await git.resolve(clone, 'feature/x'), first)
  t.equal(await git.resolve(clone, 'origin/feature/x'), first)
  t.equal(await git.resolve(clone, 'refs/tags/v1'), first)
  t.equal(await git.resolve(clone, 'main'), second)
  t.equal(await git.resolve(clone, 'HEAD'), second)
  for (const other of [
    'none',
    'main~1',
    'main@{0}',
    ':/Change',
    first.slice(0, 8),
    '--all',
    'f'.repeat(40),
  ])
    t.equal(await git.resolve(clone, other), undefined, other)
})

t.test('a tag that names another tag leads to the commit behind both', async t => {
  const { source, git, clone } = await bench(t)
  const first = await source.commit({ a: '1' })
  await source.git('tag', '-a', '-m', 'one', '1.0.0+1.0')
  await source.git('tag', '-a', '-m', 'two', 'v1.0.0+1.0', '1.0.0+1.0')
  await source.git('tag', '-a', '-m', 'a file', 'blob', 'HEAD:a')
  await source.git('tag', '-a', '-m', 'and again', 'blobs', 'blob')
  await git.clone(source.dir, clone)
  t.strictSame(
    (await git.tags(clone)).map(({ name, commit }) => [name, commit]),
    [
      ['1.0.0+1.0', first],
      ['v1.0.0+1.0', first],
    ],
  )
})

t.test('the head of a pull request, which no branch leads to, can be had by its id', async t => {
  const { source, git, clone } = await bench(t)
  await source.commit({ a: '1' })
  await source.git('checkout', '-q', '-b', 'topic')
  const head = await source.commit({ a: '2' })
  await source.git('update-ref', 'refs/pull/7/head', head)
  await source.git('checkout', '-q', 'main')
  await source.git('branch', '-q', '-D', 'topic')
  await git.clone(`file://${source.dir}`, clone)
  t.equal(await git.resolve(clone, head), undefined, 'not in the clone')
  t.ok(await git.fetchLoose(clone, head))
  t.equal(await git.resolve(clone, head), head)
  t.ok(await git.fetchLoose(clone, 'refs/pull/7/head'))
  t.equal(await git.resolve(clone, 'refs/pull/7/head'), head)
  t.notOk(await git.fetchLoose(clone, 'e'.repeat(40)))
})

t.test('a checkout makes the tree what the commit holds, whatever stands in the way', async t => {
  const { source, git, clone } = await bench(t)
  const first = await source.commit({ a: '1' })
  const second = await source.commit({ a: '2', 'compose.ccci.yml': 'tracked' })
  await git.clone(source.dir, clone)
  await git.checkout(clone, first)
  t.equal(await git.head(clone), first)
  writeFileSync(join(clone, 'a'), 'changed')
  writeFileSync(join(clone, 'compose.ccci.yml'), 'untracked')
  writeFileSync(join(clone, 'other'), 'untracked')
  t.strictSame(
    new Set(await git.changes(clone)),
    new Set([
      { path: 'a', kind: 'written' },
      { path: 'compose.ccci.yml', kind: 'written' },
      { path: 'other', kind: 'written' },
    ]),
  )
  await git.checkout(clone, second)
  t.equal(readFileSync(join(clone, 'compose.ccci.yml'), 'utf8'), 'tracked')
  t.ok(await git.isDirty(clone), 'untracked files stay')
  await git.clean(clone)
  t.notOk(await git.isDirty(clone))
  t.strictSame(readdirSync(clone).sort(), ['.git', 'a', 'compose.ccci.yml'])
})

t.test('a file is read at a commit without a checkout', async t => {
  const { source, git, clone } = await bench(t)
  const first = await source.commit({ 'compose.yml': 'one\n' })
  await source.commit({ 'compose.yml': 'two\n' })
  await git.clone(source.dir, clone)
  t.equal(await git.show(clone, first, 'compose.yml'), 'one\n')
  t.equal(await git.show(clone, first, 'none.yml'), undefined)
  await t.rejects(git.show(clone, 'e'.repeat(40), 'compose.yml'), GitFault)
})

t.test('tags of another repository come in addition and replace none', async t => {
  const { dir, source, git, clone } = await bench(t)
  const first = await source.commit({ a: '1' })
  await source.tag('shared')
  const upstream = await Repository.create(join(dir, 'upstream'))
  const other = await upstream.commit({ b: '1' })
  await upstream.tag('shared')
  await upstream.tag('1.0.0+1')
  await git.clone(source.dir, clone)
  await git.fetchTags(clone, upstream.dir)
  const tags = new Map((await git.tags(clone)).map(({ name, commit }) => [name, commit]))
  t.strictSame(
    tags,
    new Map([
      ['1.0.0+1', other],
      ['shared', first],
    ]),
  )
  t.match(
    await git.fetchTags(clone, join(dir, 'nowhere')),
    /does not appear to be a git repository/,
  )
})

t.test('no hook, helper program or transport of commands is ever run', async t => {
  const { dir, source, clone } = await bench(t)
  const mark = join(dir, 'ran')
  const home = join(dir, 'home')
  const hook = `#!/bin/sh\ntouch ${mark}\n`
  mkdirSync(join(home, 'hooks'), { recursive: true })
  for (const name of ['post-checkout', 'reference-transaction', 'monitor'])
    writeFileSync(join(home, 'hooks', name), hook, { mode: 0o755 })
  writeFileSync(
    join(home, '.gitconfig'),
    `[core]\nhooksPath=${home}/hooks\nfsmonitor=${home}/hooks/monitor\n[init]\ntemplateDir=${home}\n`,
  )
  const env = { ...process.env, HOME: home, GIT_DIR: '/nowhere', GIT_ALLOW_PROTOCOL: 'ext' }
  const git = createGit({ run: await realRunner(), env })
  await source.commit({ a: '1' })
  for (const name of readdirSync(join(home, 'hooks')))
    writeFileSync(join(source.dir, '.git', 'hooks', name), hook, { mode: 0o755 })
  await source.git('config', 'core.fsmonitor', join(home, 'hooks', 'monitor'))
  await git.clone(source.dir, clone)
  await git.checkout(clone, 'HEAD')
  t.notOk(await git.isDirty(clone))
  await git.isDirty(source.dir)
  await t.rejects(git.clone(`ext::sh -c "touch ${mark}"`, join(dir, 'x')), /ext/)
  await t.rejects(git.clone(`--upload-pack=touch ${mark}`, join(dir, 'y')), GitFault)
  t.notOk(existsSync(mark))
})

t.test('a repository that belongs to somebody else can be read', async t => {
  const { source, git, clone } = await bench(t)
  if (process.getuid?.() !== 0) {
    t.pass('only root can give a folder away')
    return
  }
  const head = await source.commit({ a: '1' })
  for (const path of [source.dir, join(source.dir, '.git'), ...below(join(source.dir, '.git'))])
    chownSync(path, 65534, 65534)
  await git.clone(source.dir, clone)
  t.equal(await git.resolve(clone, 'main'), head)
  t.ok(await git.fetchLoose(clone, head))
  t.equal(await git.head(source.dir), head)
})

t.test('looking at a work tree writes nothing into it', async t => {
  const { source, git } = await bench(t)
  await source.commit({ a: '1' })
  source.write({ a: '2', b: '1' })
  const before = fingerprint(source.dir)
  t.ok(await git.isDirty(source.dir))
  await git.tags(source.dir)
  t.strictSame(fingerprint(source.dir), before)
})

t.test('a fault names what could not be done and what git said', async t => {
  const { dir, source, git, clone } = await bench(t)
  await t.rejects(git.clone(join(dir, 'nowhere'), clone), {
    code: 'RCI_GIT',
    message: /Cannot clone ".*nowhere": .*(does not exist|not appear to be)/,
  })
  await source.commit({ a: '1' })
  await git.clone(source.dir, clone)
  await t.rejects(git.checkout(clone, 'nothing'), /Cannot check out "nothing": /)
})

t.test('the end of the run ends git', async t => {
  const { dir, source } = await bench(t)
  const run = new AbortController()
  const git = createGit({ run: await realRunner(), env: process.env, signal: run.signal })
  run.abort(new Error('terminated'))
  await t.rejects(git.clone(source.dir, join(dir, 'clone')), /terminated/)
})

function below(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).map(name => join(dir, name))
}

/** Every file of a folder with its inode facts: what any write would change. */
function fingerprint(dir: string): string[] {
  return below(dir)
    .sort()
    .map(path => {
      const { ino, mtimeNs, ctimeNs, size } = statSync(path, { bigint: true })
      return [path, ino, size, mtimeNs, ctimeNs].join(' ')
    })
}
