import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { succeeds, type Docker } from './docker.js'
import { CACHE_DIR, contentKey, type Log } from './places.js'
import type { RecipeImages } from './recipes/recipe-spec.js'
import { BASE_IMAGE, rootfsTar } from './rootfs.js'

const FOLDERS = join(import.meta.dirname, 'images')
const NAMES = ['web', 'notes', 'postgres', 'redis', 'mariadb', 'bot'] as const

export type LabImages = RecipeImages & { readonly mariadb: string; readonly bot: string }

/** Builds the images that are missing, each named by its content: a changed file gives another tag. */
export async function buildImages(docker: Docker, log: Log): Promise<LabImages> {
  await mkdir(CACHE_DIR, { recursive: true })
  if (!(await succeeds(docker, ['image', 'inspect', BASE_IMAGE]))) {
    const tar = await rootfsTar(log)
    log('importing the base image')
    await docker(['import', tar, BASE_IMAGE])
  }
  const built = await Promise.all(NAMES.map(async name => [name, await build(docker, name, log)]))
  return Object.fromEntries(built) as LabImages
}

async function build(docker: Docker, name: string, log: Log): Promise<string> {
  const folder = join(FOLDERS, name)
  const files = (await readdir(folder)).sort()
  const contents = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))
  const image = `recipe-ci-lab/${name}:${contentKey(BASE_IMAGE, ...files, ...contents)}`
  if (await succeeds(docker, ['image', 'inspect', image])) return image
  log(`building ${image}`)
  await docker(['build', '--quiet', '--build-arg', `BASE=${BASE_IMAGE}`, '--tag', image, folder])
  return image
}
