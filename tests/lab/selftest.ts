import { constants } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { command } from './command.js'
import { closeLab, openLab } from './lab.js'

const NAME = `selftest-${process.pid}`
const BIN = join(import.meta.dirname, '../../bin/recipe-ci')

/** What ended us early: the self-test is told, sweeps once more and ends; then the lab goes. */
const stopped = new AbortController()
let signalled: NodeJS.Signals | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    signalled ??= signal
    stopped.abort()
  })

await command(async () => {
  try {
    const lab = await openLab(NAME, line => {
      console.error(line)
    })
    if (signalled !== undefined) return
    const { exitCode = 1 } = await execa(BIN, ['selftest', '--on-this-host', ...args()], {
      env: { ...lab.env, RECIPE_CI_SUPERVISOR: String(process.pid) },
      stdio: 'inherit',
      reject: false,
      cancelSignal: stopped.signal,
      forceKillAfterDelay: false,
    })
    process.exitCode = exitCode
  } finally {
    await closeLab(NAME, line => {
      console.error(line)
    })
  }
})
if (signalled !== undefined) process.exitCode = 128 + constants.signals[signalled]

function args(): readonly string[] {
  return process.argv.slice(2)
}
