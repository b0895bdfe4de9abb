import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { domainOf, leftOf, startLabRun } from '../support/lab-run.js'
import { runCli } from '../support/run-cli.js'
import { testLab } from '../support/test-lab.js'

t.test('a good recipe with a database passes all five tiers and leaves nothing', async t => {
  const lab = await testLab()
  const args = ['--fresh-restore']
  const run = startLabRun(lab, 'notes', { id: 'good-notes', args })
  const { exitCode, results, stderr } = await run.ended
  t.equal(exitCode, 0, stderr)
  t.match(results, {
    schema: 2,
    status: 'finished',
    reason: 'completed',
    level: 5,
    cause: null,
    results: { install: 'pass', upgrade: 'pass', backup: 'pass', restore: 'pass', custom: 'pass' },
    rungs: { backup_restore: 'pass', functional: 'pass', lint: 'pass' },
    flags: {
      clean_teardown: true,
      no_secret_leak: true,
      deploy_count: { expected: 1, counted: 1 },
    },
  })
  const covered = results?.canaries.filter(canary => canary.covered) ?? []
  t.ok(covered.length >= 3, 'two volumes and the database were watched')
  const tests = results?.stages.find(({ name }) => name === 'restore')?.tests ?? []
  const rows = tests.find(({ name }) => name === 'fresh: restored: rows in postgres of "db"')
  t.equal(rows?.status, 'pass', 'the rows came back into an empty database as well')
  t.equal(results?.snapshots.length, 1)
  t.strictSame(await leftOf(lab, domainOf(run.happenings)), [])
  for (const file of ['events.ndjson', 'log.txt', 'junit.xml', 'results.tap', 'lint.txt'])
    t.ok((await readFile(join(lab.runsDir, 'good-notes', file), 'utf8')).length > 0, file)
})

t.test('a recipe without data skips backup and restore for a stated reason', async t => {
  const lab = await testLab()
  const run = startLabRun(lab, 'site', { id: 'good-site' })
  const { exitCode, results, stderr } = await run.ended
  t.equal(exitCode, 0, stderr)
  t.match(results, {
    level: 5,
    results: { backup: 'skip', restore: 'skip', custom: 'skip' },
    rungs: { install: 'pass', upgrade: 'pass', backup_restore: 'skip' },
    skips: { intentional: { backup_restore: /backupbot\.backup/ } },
  })
  t.strictSame(await leftOf(lab, domainOf(run.happenings)), [])
})

t.test('a kept app stays, its run stays green, and the next janitor leaves it', async t => {
  const lab = await testLab()
  const args = ['--pr', '41', '--stages', 'install', '--keep']
  const run = startLabRun(lab, 'site', { id: 'kept', args })
  const { exitCode, results, stderr } = await run.ended
  t.equal(exitCode, 0, stderr)
  t.match(results, { flags: { clean_teardown: null } })
  t.ok((results?.kept_until ?? 0) > Date.now() / 1000)
  const domain = domainOf(run.happenings)
  t.ok((await leftOf(lab, domain)).length > 0, 'it is up')
  const again = startLabRun(lab, 'site', { id: 'kept-2', args: args.slice(0, 4) })
  t.equal((await again.ended).exitCode, 1, 'a new run of the same domain is refused')
  t.ok((await leftOf(lab, domain)).length > 0, 'and has not touched it')
  const replace = [...args.slice(0, 4), '--replace-kept']
  const last = startLabRun(lab, 'site', { id: 'kept-3', args: replace })
  t.equal((await last.ended).exitCode, 0, 'unless it is told to replace it')
  t.strictSame(await leftOf(lab, domain), [])
})

t.test(
  'a version raised in uncommitted files is upgraded to, from the release they lie on',
  async t => {
    const lab = await testLab()
    t.match(await runCli(['fetch', 'kv'], { env: lab.env }), { exitCode: 0 })
    const file = join(lab.abraDir, 'recipes/kv/compose.yml')
    const raised = (await readFile(file, 'utf8')).replace(/(version=)[\d.]+(\+)/, '$19.0.0$2')
    await writeFile(file, raised)
    const args = ['--skip-fetch', '--pr', '43', '--stages', 'install,upgrade']
    const run = startLabRun(lab, 'kv', { id: 'uncommitted', args })
    const { exitCode, results, stderr } = await run.ended
    t.equal(exitCode, 0, stderr)
    t.match(results, { results: { install: 'pass', upgrade: 'pass' } })
    const tests = results?.stages.find(({ name }) => name === 'upgrade')?.tests ?? []
    t.match(tests.find(({ name }) => name === 'identity moved')?.detail, /→ 9\.0\.0/)
  },
)
