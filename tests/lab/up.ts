import { command } from './command.js'
import { openLab } from './lab.js'

await command(async () => {
  const lab = await openLab(process.argv[2] ?? 'default', console.log)
  console.log(`The lab is up: apps get <name>.${lab.suffix}, reached at ${lab.gateway}.`)
  console.log(`To use it: . ${lab.envFile} && bin/recipe-ci run notes`)
})
