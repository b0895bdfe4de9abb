import { join } from 'node:path'
import t, { type Test } from 'tap'
import { prepareFrom } from '../support/prepared.js'
import { Repository } from '../support/repository.js'

const LABELLED = 'services: {app: {image: x, deploy: {labels: ["backupbot.backup=true"]}}}\n'
const BARE = 'services: {app: {image: x}}\n'
const UNLABELLED = /is labelled/

async function foretold(t: Test, compose: string, meta = ''): Promise<[unknown, unknown]> {
  const dir = t.testdir({ recipes: {} })
  const source = await Repository.create(join(dir, 'source'))
  await source.commit({ 'compose.yml': compose })
  const { planned, foreseen } = await prepareFrom(dir, { meta })
  const of = (tiers: typeof planned) => tiers.find(({ tier }) => tier === 'backup')
  return [of(planned), of(foreseen)]
}

const RUN = { tier: 'backup', run: true }
const ROWS: [string, string, string, object, object][] = [
  ['labels for backup', LABELLED, '', RUN, RUN],
  [
    'none: only foretold, the run decides itself',
    BARE,
    '',
    RUN,
    { run: false, reason: UNLABELLED },
  ],
  ['files that cannot be read', 'services: [', '', RUN, RUN],
  ['none, but BACKUP_CAPABLE: true', BARE, 'BACKUP_CAPABLE: true', RUN, RUN],
  [
    'labels, but BACKUP_CAPABLE: false',
    LABELLED,
    'BACKUP_CAPABLE: false',
    { run: false },
    { run: false, reason: /BACKUP_CAPABLE/ },
  ],
]
for (const [law, compose, meta, planned, foreseen] of ROWS) {
  t.test(`backup is planned and foretold: ${law}`, async t => {
    t.match(await foretold(t, compose, meta), [planned, foreseen])
  })
}
