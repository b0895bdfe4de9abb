import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { recipeDir } from '../abra-dir.mjs'
import { runChild } from '../child.mjs'
import { Fatal } from '../log.mjs'
import { compareVersions, isVersion } from './tags.mjs'

const SETTINGS = ['safe.directory=*', 'core.hooksPath=/dev/null', 'advice.detachedHead=false']

/** abra carries its own git: no hooks, no prompts, no settings of the user. */
function gitEnv() {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))
  return {
    ...Object.fromEntries(kept),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
  }
}

const git = (recipe, ...args) =>
  runChild(
    ['git', ...SETTINGS.flatMap(setting => ['-c', setting]), '-C', recipeDir(recipe), ...args],
    { env: gitEnv() },
  )

async function gitOk(recipe, ...args) {
  const { code, stdout, stderr } = await git(recipe, ...args)
  if (code !== 0) throw new Fatal(`git ${args[0]}: ${stderr.trim()}`)
  return stdout.trim()
}

/** Untracked files count as dirty. */
export const isDirty = async recipe => (await gitOk(recipe, 'status', '--porcelain')) !== ''

export const headCommit = recipe => gitOk(recipe, 'rev-parse', 'HEAD')

/** What a chaos deploy is called: eight hex digits of HEAD, "+U" behind them when the tree is dirty. */
export async function chaosVersion(recipe) {
  const [head, dirty] = await Promise.all([headCommit(recipe), isDirty(recipe)])
  return `${head.slice(0, 8)}${dirty ? '+U' : ''}`
}

/** All tags: annotated ones are objects of their own. */
export async function allTags(recipe) {
  const text = await gitOk(
    recipe,
    'for-each-ref',
    'refs/tags',
    '--format=%(objecttype) %(refname:short)',
  )
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => ({ name: line.slice(line.indexOf(' ') + 1), annotated: line.startsWith('tag ') }))
}

/** The version tags, oldest first. */
export async function versions(recipe) {
  const names = (await allTags(recipe)).map(tag => tag.name)
  return names.filter(isVersion).sort(compareVersions)
}

export const newestVersion = async recipe => (await versions(recipe)).at(-1)

/** Moves the tree to a version tag, else to what the text resolves to as a commit. */
export async function checkoutVersion(recipe, version) {
  const isTag = (await allTags(recipe)).some(tag => tag.name === version)
  const wanted = isTag ? `refs/tags/${version}` : version
  const { code } = await git(recipe, 'rev-parse', '--verify', '--quiet', `${wanted}^{commit}`)
  if (code !== 0) throw new Fatal(`unable to resolve '${version}': reference not found`)
  await gitOk(recipe, 'checkout', '--quiet', '--force', '--detach', wanted)
}

/** Moves the tree to the branch main, else master. */
export async function checkoutMain(recipe) {
  for (const branch of ['main', 'master']) {
    const { code } = await git(recipe, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`)
    if (code === 0) return gitOk(recipe, 'checkout', '--quiet', '--force', branch)
  }
  throw new Fatal(`failed to select default branch in ${recipeDir(recipe)}`)
}

export async function fetchTags(recipe) {
  const remotes = await gitOk(recipe, 'remote')
  if (remotes === '') return
  const { code, stderr } = await git(recipe, 'fetch', '--quiet', '--tags', remotes.split('\n')[0])
  if (code !== 0) throw new Fatal(`unable to fetch tags in ${recipeDir(recipe)}: ${stderr.trim()}`)
}

export async function remoteUrl(recipe) {
  return (await git(recipe, 'remote', 'get-url', 'origin')).stdout.trim()
}

/** A recipe that is not here is cloned from `$ABRA_STANDIN_UPSTREAM`; without that, from nowhere. */
export async function ensureExists(recipe) {
  const dir = recipeDir(recipe)
  if (existsSync(join(dir, '.git'))) return
  const upstream = process.env['ABRA_STANDIN_UPSTREAM']
  if (!upstream) throw new Fatal(`unable to clone ${recipe}: no upstream can be reached`)
  const { code, stderr } = await runChild(
    ['git', 'clone', '--quiet', `${upstream}/${recipe}.git`, dir],
    {
      env: gitEnv(),
    },
  )
  if (code !== 0) throw new Fatal(`unable to clone ${recipe}: ${stderr.trim()}`)
}
