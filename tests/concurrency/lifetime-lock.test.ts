import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { FileLock } from '../../lib/lock/file-lock.js'
import { makeInstall } from '../support/lives/install.js'
import { makeCase, type Case } from '../support/lives/marked.js'
import {
  descendantsOf,
  harnessPid,
  noted,
  nothingLeft,
  start,
  until,
  type Started,
} from '../support/lives/processes.js'

const install = await makeInstall(t)

type Holder = Case & Started & { readonly lock: string; readonly gate: string }

/** A harness that holds a lock and, once in its teardown, waits there until the gate is opened. */
function startHolder(t: Test, env: Readonly<Record<string, string>>, underShell = false): Holder {
  const made = makeCase(t, install.dir)
  const places = { lock: `${made.journal}.lock`, gate: `${made.journal}.gate` }
  const argv = underShell
    ? (['sh', '-c', '"$BIN" run & wait'] as const)
    : ([install.launcher, 'run'] as const)
  const more = { LOCK: places.lock, TEARDOWN_GATE: places.gate, BIN: install.launcher }
  return { ...made, ...places, ...start(t, [...argv], { ...made.env, ...more, ...env }) }
}

/** The outcome of one look, without keeping what it won. */
function probe(path: string): string {
  const probed = FileLock.probe(path, { create: false, touch: false })
  if (probed.outcome === 'won') probed.lock.release()
  return probed.outcome
}

const isFree = (path: string) => until(() => probe(path) === 'won', 'the end of the lock')

// prettier-ignore
const ENDS = [
  { law: 'TERM', env: {}, end: (pid: number) => process.kill(pid, 'SIGTERM') },
  { law: 'the deadline', env: { DEADLINE_MS: '300' } },
  { law: 'the death of its shell', env: {}, underShell: true, end: (_: number, shell: number) => process.kill(shell, 'SIGKILL') },
  { law: 'the end of its work', env: { WORK_MS: '0' } },
]

for (const { law, env, end, underShell } of ENDS) {
  t.test(`after ${law} a run holds its lock until its teardown is done, no longer`, async t => {
    const holder = startHolder(t, env, underShell)
    const pid = await harnessPid(holder.journal)
    t.equal(await noted(holder.journal, 'lock '), 'lock won')
    end?.(pid, holder.pid)
    await noted(holder.journal, 'teardown began')
    t.equal(probe(holder.lock), 'refused', 'in teardown')
    writeFileSync(holder.gate, '')
    await noted(holder.journal, 'exit ')
    await isFree(holder.lock)
  })
}

t.test('SIGKILL frees the lock, and so does the backstop of a blocked event loop', async t => {
  const killed = startHolder(t, {})
  const pid = await harnessPid(killed.journal)
  t.equal(probe(killed.lock), 'refused')
  process.kill(pid, 'SIGKILL')
  await isFree(killed.lock)

  const blocked = startHolder(t, { DEADLINE_MS: '2000', BLOCK_MS: '60000' })
  await noted(blocked.journal, 'blocked')
  await blocked.ended
  await isFree(blocked.lock)
})

t.test('the lock is in no child, no guard and no backstop', async t => {
  for (const more of [{}, { TERMINAL: '1' }]) {
    const script = 'sleep 60 & echo child >>"$JOURNAL"; sleep 60'
    const holder = startHolder(t, { CHILD: script, DEADLINE_MS: '60000', ...more })
    const pid = await harnessPid(holder.journal)
    await noted(holder.journal, 'child')
    // The backstop, the guard, the shell and its two children.
    await until(() => descendantsOf(pid).length >= 5, 'all of its children')
    t.ok(openFiles(pid).includes(holder.lock))
    for (const child of descendantsOf(pid)) t.notOk(openFiles(child).includes(holder.lock))
    process.kill(pid, 'SIGKILL')
    await nothingLeft(holder.mark)
  }
})

function openFiles(pid: number): string[] {
  const folder = `/proc/${String(pid)}/fd`
  try {
    return readdirSync(folder).flatMap(fd => linkOf(`${folder}/${fd}`))
  } catch {
    return [] // it has ended meanwhile
  }
}

function linkOf(path: string): string[] {
  try {
    return [readlinkSync(path)]
  } catch {
    return []
  }
}
