import { join } from 'node:path'
import { labDir, openLab } from './lab.js'

const name = process.argv[2] ?? 'default'
console.log(
  `This starts the lab "${name}" below ${labDir(name)}: a Traefik, a backup bot and recipes to run,`,
)
console.log(
  'on the Docker engine that answers, or on one of its own. "npm run lab:down" removes all of it.',
)
const lab = await openLab(name, line => {
  console.log(`  ${line}`)
})
console.log(
  `The lab is up: apps get <name>.${lab.suffix}, reached at ${lab.gateway}. To use it by hand:`,
)
console.log(`  . ${join(lab.dir, 'env')} && bin/recipe-ci run notes`)
