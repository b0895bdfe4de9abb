import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AbsentFault } from '../errors.js'
import {
  gitCommand,
  said,
  succeeded,
  type GitCommand,
  type GitOptions,
} from '../git/git-command.js'

/** The self-test's own recipe, as a git repository, and what a CI adds to it. */
export type SmallRecipe = {
  readonly name: 'selftest'
  readonly repo: string
  readonly recipesDir: string
}

/** Published versions, oldest first. */
const VERSIONS = ['1.0.0+1', '1.1.0+2'] as const

/** Makes the recipe below `dir` from the files of the package, with this image. @throws AbsentFault */
export async function makeSmallRecipe(
  dir: string,
  { installDir, image, ...options }: GitOptions & { installDir: string; image: string },
): Promise<SmallRecipe> {
  const repo = join(dir, 'selftest')
  const recipesDir = join(dir, 'recipes')
  const files = join(installDir, 'lib/selftest')
  const git = gitCommand(options)
  await mkdir(repo, { recursive: true })
  await must(git, ['init', '--quiet', '--initial-branch=main', repo])
  for (const version of VERSIONS) {
    await writeFiles(join(files, 'recipe'), repo, { __IMAGE__: image, __VERSION__: version })
    await publish(git, repo, version)
  }
  await cp(join(files, 'custom'), join(recipesDir, 'selftest'), { recursive: true })
  return { name: 'selftest', repo, recipesDir }
}

async function writeFiles(
  from: string,
  to: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  for (const name of await readdir(from)) {
    let text = await readFile(join(from, name), 'utf8')
    for (const [mark, value] of Object.entries(values)) text = text.replaceAll(mark, value)
    await writeFile(join(to, name), text)
  }
}

async function publish(git: GitCommand, repo: string, version: string): Promise<void> {
  const who = ['-c', 'user.name=recipe-ci', '-c', 'user.email=recipe-ci@localhost']
  const plain = ['-c', 'commit.gpgSign=false', '-c', 'tag.gpgSign=false']
  await must(git, ['-C', repo, 'add', '--all'])
  await must(git, ['-C', repo, ...who, ...plain, 'commit', '--quiet', '-m', `publish ${version}`])
  await must(git, ['-C', repo, ...who, ...plain, 'tag', '-a', version, '-m', version])
}

async function must(git: GitCommand, args: readonly string[]): Promise<void> {
  const outcome = await git(args)
  if (succeeded(outcome)) return
  throw new AbsentFault(
    `Cannot make the recipe of the self-test: git ${args.at(2) ?? ''}: ${said(outcome)}`,
    'Check that git works and that the folder for temporary files is writable',
  )
}
