import t from 'tap'
import type { ServiceFacts, TaskFacts } from '../../../lib/domain/stack-facts.js'
import type { ContainerNote } from '../../../lib/swarm/convergence-history.js'
import { decide } from '../../../lib/swarm/convergence-verdict.js'
import { ended, HEALTHCHECK, historyOf, look, service } from '../../support/stack-facts.js'

/** What is said of a service whose only task has ended, with these notes, from its end to this long after it. */
function afterwards(
  of: ServiceFacts,
  { notes = [], ms }: { readonly notes?: readonly ContainerNote[]; readonly ms: number },
  tasks: readonly TaskFacts[] = [ended(of.name, 'a', { exitCode: 0 })],
) {
  const looks = [look(1, { services: [of], tasks }, notes), look(ms, { services: [of], tasks })]
  const said = decide(historyOf(looks))
  return said.kind === 'doomed' ? said.doom.class : said.kind
}

for (const restart of ['on-failure', 'none'] as const) {
  const app = service('app', { restart, healthcheck: HEALTHCHECK })
  const sick: ContainerNote = { taskId: 'a', kind: 'unhealthy' }

  t.test(`restart ${restart}: what was stopped for failed health checks is not done`, async t => {
    t.equal(afterwards(app, { notes: [sick], ms: 9_000 }), 'waiting')
    t.equal(afterwards(app, { notes: [sick], ms: 10_500 }), 'killed_unhealthy')
    t.equal(afterwards(app, { ms: 2 }), 'converged', 'without a failed check it is')
  })

  t.test(`restart ${restart}: nor is what the kernel killed a part of`, async t => {
    t.equal(afterwards(app, { notes: [{ taskId: 'a', kind: 'oom' }], ms: 10_500 }), 'oom')
  })
}
