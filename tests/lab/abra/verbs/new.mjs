import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { recipeDir, serverNames, serversDir } from '../abra-dir.mjs'
import { readApp } from '../app.mjs'
import { behaviour } from '../behaviours.mjs'
import { writeVersion } from '../env-file.mjs'
import { Fatal, info, print, warn } from '../log.mjs'
import { ensureReady, moveTree } from '../recipe/ensure.mjs'
import { checkoutVersion, chaosVersion, headCommit } from '../recipe/tree.mjs'
import { formatTable } from '../terminal.mjs'
import { generateAll } from './secret.mjs'

/** Writes the env file from the recipe's sample, after moving the tree to the version, else to the newest tag. */
export async function create({ args: [asked, version], flags }) {
  if (version && flags.chaos && behaviour('VERSION_CHAOS') === 'fatal') {
    throw new Fatal('cannot use [version] and --chaos together')
  }
  const recipe = folderOf(asked)
  await ensureReady(recipe, flags)
  const server = chooseServer(flags)
  if (!flags.domain) throw new Fatal('no domain provided')
  const path = join(serversDir(), server, `${flags.domain}.env`)
  if (existsSync(path)) throw new Fatal(`${path} already exists?`)
  const used = await settleTree(recipe, { version, flags })
  writeEnvFile(path, { recipe, domain: flags.domain })
  writeVersion(path, recipe, used)
  if (flags.secrets) await generateAll(readApp(flags.domain))
  info(`new app '${recipe}' created 🌞`)
  print(
    formatTable(['server', 'domain', 'recipe', 'version'], [[server, flags.domain, recipe, used]]),
  )
  warn(`choose "yes" carefully and configure it with: abra app config ${flags.domain}`)
}

/** A git URL as a recipe's name: its folder has slashes and dots turned to underscores. */
function folderOf(asked) {
  if (!asked.includes('/')) return asked
  return asked
    .replace(/^https?:\/\//, '')
    .replace(/\.git$/, '')
    .replace(/[/.]/g, '_')
}

function chooseServer(flags) {
  const names = serverNames()
  const server = flags.server ?? (names.length === 1 ? names[0] : undefined)
  if (server === undefined) throw new Fatal('no server provided')
  if (!names.includes(server)) throw new Fatal(`server not found: ${server}`)
  return server
}

async function settleTree(recipe, { version, flags }) {
  if (flags.chaos) return chaosVersion(recipe)
  if (version && behaviour('NEW_VERSION') === 'leave') return version
  if (version) {
    await checkoutVersion(recipe, version)
    return version
  }
  return (await moveTree(recipe)) ?? (await headCommit(recipe)).slice(0, 8)
}

function writeEnvFile(path, { recipe, domain }) {
  const sample = join(recipeDir(recipe), '.env.sample')
  if (!existsSync(sample)) throw new Fatal(`open ${sample}: no such file or directory`)
  const text = readFileSync(sample, 'utf8').replaceAll(`${recipe}.example.com`, domain)
  writeFileSync(path, text, { mode: 0o664 })
}
