import t from 'tap'
import { EXIT } from '../../../lib/errors.js'
import { DOMAIN, story } from '../../support/happenings.js'
import { played } from '../../support/recorder-kit.js'

t.test('leftovers make a green run red and clean_teardown false', async t => {
  const left = [
    { type: 'teardown.started', domain: DOMAIN, why: 'again' },
    { type: 'teardown.leftover', domain: DOMAIN, kind: 'volume', name: 'x_data' },
    { type: 'teardown.done', domain: DOMAIN, clean: false, ms: 1 },
  ] as const
  const { recorder } = await played(t, [...story(), ...left])
  const { exitCode, results } = await recorder.finish()
  t.equal(exitCode, EXIT.red)
  t.match(results, {
    flags: { clean_teardown: false },
    cause: { class: 'leftovers', evidence: 'volume x_data' },
  })
})

t.test('a census that could not be taken has found nothing, and proved nothing', async t => {
  const unknown = [
    { type: 'teardown.started', domain: DOMAIN, why: 'again' },
    { type: 'teardown.done', domain: DOMAIN, clean: false, ms: 1 },
  ] as const
  const { recorder } = await played(t, [...story(), ...unknown])
  const { exitCode, results } = await recorder.finish()
  t.equal(exitCode, EXIT.red)
  t.match(results, {
    flags: { clean_teardown: null },
    cause: { class: 'leftovers', sentence: /^Nothing proved/, evidence: /^no census/ },
  })
})

t.test("another run's orphan that could not be removed is not our leftover", async t => {
  const orphan = [
    { type: 'teardown.started', domain: 'old-000000.ci.example.org', why: 'orphan' },
    { type: 'teardown.leftover', domain: 'old-000000.ci.example.org', kind: 'volume', name: 'x' },
    { type: 'teardown.done', domain: 'old-000000.ci.example.org', clean: false, ms: 1 },
  ] as const
  const { recorder } = await played(t, [...orphan, ...story()])
  t.equal((await recorder.finish()).exitCode, EXIT.green)
})

t.test('what was removed before the app was created proves nothing about the teardown', async t => {
  const { recorder } = await played(
    t,
    story().filter(({ type }) => type !== 'teardown.done' && type !== 'teardown.started'),
  )
  const { exitCode, results } = await recorder.finish()
  t.equal(exitCode, EXIT.red)
  t.equal(results.flags.clean_teardown, null)
})

t.test('with --keep the teardown is not judged and the end of the lease is written', async t => {
  const kept = { type: 'app.kept', domain: DOMAIN, until: '2026-01-02T03:04:05.000Z' } as const
  const happenings = story().filter(({ type }) => !type.startsWith('teardown'))
  const { recorder } = await played(t, [...happenings, kept])
  const { exitCode, results } = await recorder.finish()
  t.equal(exitCode, EXIT.green)
  t.match(results, { flags: { clean_teardown: null }, kept_until: Date.parse(kept.until) / 1000 })
})
