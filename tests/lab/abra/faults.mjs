import { spawn } from 'node:child_process'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fatal, info, print } from './log.mjs'

const HOUR_MS = 3_600_000

const hang = async () => {
  for (;;) await sleep(HOUR_MS)
}

// What a test may do to a verb: `ABRA_STANDIN_FAULTS="app deploy=hang, app ls=garbage"`. With "-after" it happens when
// the verb has done its work.
const FAULTS = {
  hang,
  deaf: async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
      process.removeAllListeners(signal).on(signal, () => info(`ignored ${signal}`))
    }
    info('deaf')
    await hang()
  },
  offspring: async () => {
    spawn('sleep', ['3600'], { stdio: 'ignore' })
    await hang()
  },
  crash: async () => {
    process.kill(process.pid, 'SIGSEGV')
    await hang()
  },
  fatal: async () => {
    throw new Fatal('a fault that a test asked for')
  },
  garbage: async () => {
    print('{"apps": [tru')
    return 'stop'
  },
}

/** Carries out the fault asked for at this point of this verb; answers "stop" when the verb is not to go on. */
export async function injected(verb, point) {
  for (const rule of (process.env['ABRA_STANDIN_FAULTS'] ?? '').split(',')) {
    const [name, kind] = rule.trim().split('=')
    const at = kind?.endsWith('-after') ? 'after' : 'before'
    if (name !== verb || at !== point) continue
    const fault = FAULTS[kind.replace(/-after$/, '')]
    if (!fault) throw new Fatal(`ABRA_STANDIN_FAULTS knows no fault "${kind}"`)
    return await fault()
  }
  return undefined
}
