import { closeLab, labNames } from './lab.js'

const names = process.argv.length > 2 ? process.argv.slice(2) : await labNames()
for (const name of names) {
  await closeLab(name, console.log)
  console.log(`The lab "${name}" is gone`)
}
