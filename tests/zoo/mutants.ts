import type { Mutant } from './mutant.js'

const off = (check: string, file: string, edit: readonly [string, string]) => ({
  by: (animal: string): Mutant => ({
    ...{ check, file: `lib/${file}.ts`, from: edit[0], to: edit[1] },
    by: { animal },
  }),
  byTest: (test: string): Mutant => ({
    ...{ check, file: `lib/${file}.ts`, from: edit[0], to: edit[1] },
    by: { test: `tests/unit/${test}.test.ts` },
  }),
})

const DOOMED = 'swarm/doomed'
const JUDGE = 'health/judge-answer'
const READING = 'canary/judge-reading'
const SNAPSHOT = 'run/snapshot-checks'

/** Every assertion that a verdict rests on: disabled, somebody must notice. */
// prettier-ignore
export const MUTANTS: readonly Mutant[] = [
  // The ops themselves.
  off('an image that cannot be had fails its deploy', 'run/deploy', ['if (missingImage !== undefined) return', 'if (missingImage === null) return']).by('image-gone'),
  off('a deploy that abra refuses fails', 'run/deploy', ['if (!ok) {', 'if (said === "never") {']).by('secret-by-hand'),
  off('a stack that does not converge fails', 'run/deploy', [": failed('converged', settled.cause, settled.ms)", ": { name: 'converged', status: 'pass', ms: 0, detail: '' }"]).by('crash-at-once'),
  off('a backup that abra refuses fails', 'run/tiers/backup', ['if (answer.ok) return { name', 'if (answer.ms >= 0) return { name']).by('dump-fails'),
  off('a restore that abra refuses fails', 'run/tiers/restore', ['if (answer.ok) return { name', 'if (answer.ms >= 0) return { name']).by('restore-refuses'),
  off('a restore after which the stack does not settle fails', 'run/tiers/restore', ["settled.state === 'converged'\n", "settled.ms >= 0\n"]).by('restore-breaks-worker'),
  off('install steps that fail are told', 'run/create-app', ['...(await ports.hooks.installSteps())', '...[]']).by('steps-fail'),
  off('a failed hook before the upgrade stops it', 'run/tiers/upgrade', ["if (!ledger.add(await ports.hooks.hook('pre_upgrade', op))) return undefined", '']).by('hook-before-upgrade'),
  off('a failed hook before the install stops it', 'run/tiers/install', ["if (!ledger.add(await ports.hooks.hook('pre_install', op))) return undefined", '']).by('hook-before-install'),
  off('a failed hook before the backup stops it', 'run/tiers/backup', ["if (!ledger.add(await ports.hooks.hook('pre_backup', op))) return undefined", '']).by('hook-before-backup'),
  off('a failed hook before the restore stops it', 'run/tiers/restore', ["if (!ledger.add(await ports.hooks.hook('pre_restore', op))) return undefined", '']).by('hook-before-restore'),
  off('what stands after the deploy stands at the end', 'run/tier-engine', ['if (stands) await staysUp', 'if (!stands) await staysUp']).by('crash-every-six'),
  // Identity.
  off('the deployed commit is the one that was meant', 'run/identity', ['if (other === undefined) {', 'if (other !== null) {']).by('false-stamp'),
  off('the base is not the head', 'run/tiers/upgrade', ['if (before === undefined || !isHead(before, facts)) return []', 'if (before !== null) return []']).by('moves-nothing'),
  off('the upgrade moved something', 'run/identity', ['if (moves.length > 0) return', 'if (moves.length >= 0) return']).byTest('run/identity'),
  // Serving.
  off('the status must be a wanted one', JUDGE, ['wanted.ok.includes(answer.status)', 'answer.status > 0']).by('page-500'),
  off('404 never counts', JUDGE, ["answer.status !== 404 && wanted", 'wanted']).byTest('health/judge-answer'),
  off('a redirect to itself is no page', JUDGE, ['return leadsBack(answer, url) ? loopWords(answer) : undefined', 'return undefined']).by('page-redirects-itself'),
  off('what is answered for every name is not the app', JUDGE, ['if (answer.alsoFor !== undefined) return', 'if (answer.alsoFor === "") return']).byTest('health/judge-answer'),
  off("the proxy's own page is not the app's", JUDGE, ["return isNotFound || (text !== '' && text === PROXY_BODIES[status]) ? 'proxy' : 'app'", "return 'app'"]).by('no-route'),
  off('the certificate verifies for the name', 'health/certificate', ['return facts.problem\n', 'return undefined\n']).by('own-certificate'),
  off("the certificate is not the proxy's default one", 'health/certificate', ["return \"it is Traefik's own default certificate\"", 'return undefined']).by('proxy-certificate'),
  off('READY_PROBE counts its successes', 'health/ready-probe', ['if (inARow >= probe.successes) return { name', 'if (inARow >= 0) return { name']).by('voice-down'),
  off('the app must answer at all', 'health/serving', [": { name, status: 'fail', ms, detail: seen, ...(cause === undefined ? {} : { cause }) }", ": { name, status: 'pass', ms, detail: seen }"]).by('page-404'),
  off('the app must serve after the upgrade', 'run/tiers/upgrade', ['const serving = await serve(bench)', 'const serving: Check[] = []']).by('page-500-head'),
  off('the app must serve after the restore', 'run/tiers/restore', ['const serving = await serve(bench)', 'const serving: Check[] = []']).by('restore-breaks-page'),
  // Data.
  off('data survives the upgrade', READING, ["if (reading.kind === 'found' && reading.found === subject.old) return pass(name)\n  if (reading.kind === 'unreadable') return unverified(name, subject, reading.why)\n  const seen = lossOf", "if (reading.kind !== 'unreadable') return pass(name)\n  if (reading.kind === 'unreadable') return unverified(name, subject, reading.why)\n  const seen = lossOf"]).by('bad-data'),
  off('the restored data is the old one', READING, ['if (reading.found === subject.old) return pass(name)\n    if', 'return pass(name)\n    if']).by('bad-restore'),
  off('old data beside new is no restore in place', READING, ['holds(reading.found, subject.old)', 'reading.found === null']).by('restore-appends'),
  off('a service that only the old version has answers for no data', 'canary/container-of', ['facts.services.filter(reach.isMeant)', 'facts.services']).byTest('canary/left-services'),
  off('a service that only the old version has is none of the new one', 'run/old-services', ['services.filter(({ name }) => !old.includes(name))', 'services.filter(() => old !== undefined)']).by('database-renamed'),
  off('a database has one row canary', 'canary/row-place', ["if (there?.kind === 'found' && known.has(there.found)) return TAKEN", '']).byTest('canary/one-database'),
  off('an app whose data nobody watched is not green', 'run/tiers/restore', ["if (verified || restored.some(check => check.status !== 'skip')) return []", 'if (restored.length >= 0) return []']).by('unwatched'),
  off('the restore into emptied volumes is held', 'run/tier-engine', ['if (bench.facts.freshRestore) await', 'if (bench.facts.freshRestore && earlier.custom === "fail") await']).by('bad-restore-empty'),
  off('data that comes back only where nothing is tells that the restore is not in place', 'run/fresh-restore', ["if (inPlace === 'fail') ledger.add", "if (inPlace === 'pass') ledger.add"]).by('bad-restore-clean'),
  off('a new snapshot exists', SNAPSHOT, ['if (id === undefined) return [noSnapshot()]', 'if (id === undefined) return [{ name: "new snapshot", status: "pass", ms: 0, detail: "" }]']).byTest('run/snapshot-checks'),
  off('the snapshot holds a byte', SNAPSHOT, ['bytes > 0 ? holds(', 'bytes >= 0 ? holds(']).by('bad-backup'),
  off('the dump that the labels promise has a byte', SNAPSHOT, ['if (sum(files) > 0) return', 'if (sum(files) >= 0) return']).by('dump-empty'),
  off('what the labels promise is in the snapshot', SNAPSHOT, ['if (isEmptyDump(part, inside)) return', "if (part.path === 'nothing') return"]).by('dump-elsewhere'),
  off('a folder of empty dumps is no backup', SNAPSHOT, ['return hooked && inside.some', 'return hooked && path === "nothing" && inside.some']).by('dump-folder-empty'),
  off('a dump goes into the backup', 'run/tiers/backup', ['const unkept = unkeptDumps({ services: progress.services, held }, entries)', 'const unkept: Check[] = []']).by('dump-unkept'),
  off('one label counts for the whole stack', 'backup/promise', ["  const holders = holdersOf(services, volume)\n  if", "  const holders = holdersOf(services, volume).filter(isBackedUp)\n  if"]).by('one-label-lost'),
  off('a volume that the bot left out is told by the canary in it', SNAPSHOT, ['if (mark !== undefined && !files.some', 'if (mark === null && !files.some']).byTest('run/snapshot-checks'),
  off('what backups leave out may be lost', READING, ['if (circumstances.excluded) {', "if (circumstances.excluded && subject.key === '') {"]).by('odd-excluded'),
  off('backup_verify is heard', 'run/tiers/backup', ['ledger.add(verified)', '']).by('verify-fails'),
  // The recipe's own tests.
  off('the exit code of a test counts', 'run/executable', ['if (outcome.exitCode === 0) return', 'if (outcome.exitCode !== null) return']).by('bad-custom'),
  off('a TAP point that is not ok counts', 'run/tap-point', ["status: 'fail', detail: explain(result)", "status: 'pass', detail: explain(result)"]).by('test-tap-point'),
  off('a TAP plan that is not fulfilled counts', 'run/tap-output', ['return planned === seen ?', 'return planned >= 0 ?']).by('test-tap-cut'),
  off('a subtest of nothing but skips is not a pass', 'run/tap-point', ['if (inner.length > 0 && !inner.some', 'if (inner.length < 0 && !inner.some']).byTest('run/tap-output'),
  off('ok over what is not ok is not a pass', 'run/tap-point', ['if (failed !== undefined) {', 'if (failed === null) {']).byTest('run/tap-output'),
  off('a plan of nothing is not a pass', 'run/tap-output', ["{ name: 'TAP stream', status: 'unver', ms: 0, detail: 'planned no point", "{ name: 'TAP stream', status: 'pass', ms: 0, detail: 'planned no point"]).by('test-of-nothing'),
  off('an assertion after the upgrade counts', 'run/tiers/upgrade', ["ledger.addOnTop(await ports.hooks.tests('upgrade', op))", '']).by('test-after-upgrade'),
  off('an assertion after the install counts', 'run/tiers/install', ["ledger.addOnTop(await ports.hooks.tests('install', op))", '']).by('test-after-install'),
  off('an assertion after the backup counts', 'run/tiers/backup', ["ledger.addOnTop(await ports.hooks.tests('backup', done))", '']).by('test-after-backup'),
  off('an assertion after the restore counts', 'run/tiers/restore', ["ledger.addOnTop(await ports.hooks.tests('restore', op))", '']).by('test-after-restore'),
  off('what no runner can run is not a pass', 'run/executable', ["status: 'unver', ms: 0, detail: `not run", "status: 'pass', ms: 0, detail: `not run"]).by('test-no-runner'),
  // What the checks amount to.
  off('no executed check is no pass', 'verdict/tier-status', ["return has('pass') ? 'pass' : 'unver'", "return 'pass'"]).by('test-all-skipped'),
  off('the deploy count is held', 'verdict/problem', ['if (count !== null && count.expected === count.counted) return []', 'if (count !== null) return []']).by('counted-twice'),
  off('what is left behind is told', 'verdict/problem', ['if (facts.kept || (facts.clean === true && facts.leftovers.length === 0)) return []', 'if (facts.clean !== undefined) return []']).by('left-behind'),
  off('a dependency that is not verified is told', 'run/dependency', ["class: ofBench ? cause.class : 'dependency_unverified'", "class: cause?.class ?? 'dependency_unverified'"]).by('needs-bad'),
  off('a bench that could not test a dependency gives no verdict', 'run/dependency', ["class: ofBench ? cause.class : 'dependency_unverified'", "class: 'dependency_unverified'"]).by('needs-limited'),
  off('a skipped test that needed a dependency is told', 'run/needed-dependency', ["if (status !== 'skip' || detail.startsWith(NOT_DONE_YET)) return undefined", "if (status !== 'fail') return undefined"]).by('needs-skipped'),
  off('a bench that could not test gives no verdict', 'verdict/exit', ['return CAUSE_EXIT[cause.class]', 'return EXIT.red']).by('pull-limited'),
  // Doomed deploys.
  off('an update that Swarm rolled back has failed', DOOMED, ['  rolledBack,\n  rejected', '  rejected']).by('bad-rollback'),
  off('a container that cannot be created dooms', DOOMED, ['  rejected,\n', '']).by('disk-full'),
  off('kills for want of memory doom', DOOMED, ['  outOfMemory,\n', '']).by('oom-at-start'),
  off('kills for failed health checks doom', DOOMED, ['  killedUnhealthy,\n', '']).byTest('swarm/recovered'),
  off('a task that no node takes dooms', DOOMED, ['  unplaceable,\n', '']).by('gpu-wanted'),
  off('equal crashes doom', DOOMED, ['  crashLoop,\n', '']).byTest('swarm/doomed'),
  off('what is up between two ends does not stay up', 'swarm/doomed-recovered', ['return ranMs > (', 'return ranMs > -1 || 0 > (']).byTest('swarm/recovered'),
  off('services that fail together doom', DOOMED, ['  failTogether,\n', '']).by('crash-of-two'),
  off('a database waits for nobody', 'swarm/doomed-together', ['if (waitsForNobody(service)) return doom', '']).byTest('swarm/doomed-together'),
  off('what waits for one that is slow is not doomed', 'swarm/doomed-together', ['others.every(each => wasUp(history, each, moment)) ? doom : undefined', 'doom']).byTest('swarm/doomed-together'),
  off('what Swarm does not start again dooms', DOOMED, ['  givenUp,\n', '']).by('crash-no-restart'),
  off('a task without an address dooms', DOOMED, ['  withoutAddress,\n', '']).by('addresses-gone'),
  off('crashes doom only while the others are up', DOOMED, ['isCrash(life) && life.othersReady', 'isCrash(life)']).by('odd-migration'),
  off('a database that was found silent is waited for', 'swarm/convergence-history', ['isSilent ? SILENT_MS : trustedMs', 'trustedMs']).by('odd-silent'),
  off('a disk without room is no word on the recipe', 'swarm/doomed-signatures', ["{ class: 'disk_full',           says: /no space left on device|disk quota exceeded/i }", "{ class: 'disk_full',           says: /disk quota exceeded/i }"]).by('disk-full'),
  off('two crashes do not doom', DOOMED, ['const EQUAL_EXITS = 3', 'const EQUAL_EXITS = 2']).by('odd-crash-twice'),
  off('a container that is still starting is not ready', 'swarm/convergence-seen', ["!['starting', 'unhealthy'].includes(healthOf(seen, task))", 'task.id !== ""']).byTest('swarm/convergence'),
  off('a replica that was replaced has to end', 'swarm/convergence', ["if (leavesStill(history, service)) return { why: 'a replaced replica has not ended' }\n", '']).byTest('swarm/convergence'),
  off('a changed route is asked when the old one is gone', 'run/old-routes', ['if (left <= 0 || !isRerouted', 'if (left >= 0 || !isRerouted']).byTest('run/old-routes'),
  off('a global service is wanted between two attempts', 'swarm/convergence-places', ['return isOver || ', 'return ']).byTest('swarm/global'),
  off('what was killed is not done', 'swarm/convergence-ready', ['ended && !killed && ', 'ended && ']).byTest('swarm/one-off'),
  off('a job that runs is not done', 'swarm/convergence-ready', ['return !isJob(service) && runsWell', 'return runsWell']).byTest('swarm/job'),
  off('what may be a migration is waited for', 'swarm/convergence-history', ["return restart !== 'any' && images.includes(image) ? SILENT_MS : TRUSTED_MS", 'return TRUSTED_MS']).byTest('swarm/job'),
  off('an update left half way settles only when nothing new is on its way', 'swarm/convergence-paused', ['fresh.length > 0 && fresh.every(rests)', 'fresh.length > 0']).byTest('swarm/left-paused'),
  off('an old task beside a new one that is given up is no hope', 'swarm/doomed-given-up', ['slot.filter(life => !isStale(history, service, life.task))', 'slot']).byTest('swarm/left-paused'),
  off('rounds are no crash loop', DOOMED, [' && !isRound(service, life.task)', '']).byTest('swarm/cron'),
]
