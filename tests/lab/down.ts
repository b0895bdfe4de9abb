import { rm } from 'node:fs/promises'
import { command } from './command.js'
import { closeLab } from './lab.js'
import { DEMO_RECORDS, labNames } from './records.js'

await command(async () => {
  const named = process.argv.slice(2)
  if (named.length === 0) await rm(DEMO_RECORDS, { recursive: true, force: true })
  const names = named.length > 0 ? named : await labNames()
  // Also without a lab: one that was killed half-way may have left what labs share.
  for (const name of names.length > 0 ? names : ['default']) {
    await closeLab(name, console.log)
    console.log(`The lab "${name}" is gone`)
  }
})
