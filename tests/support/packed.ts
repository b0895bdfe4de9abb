import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { ROOT } from './runner.js'

/** What npm says about the package that it made. */
export type Packed = {
  readonly tarball: string
  readonly files: readonly { readonly path: string; readonly mode: number; readonly size: number }[]
}

/** Makes the package as it would be published, of what is built. */
export async function pack(dir: string): Promise<Packed> {
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', dir]
  const { stdout } = await execa('npm', words, { cwd: ROOT })
  const [made] = JSON.parse(stdout) as [{ filename: string; files: Packed['files'] }]
  return { tarball: join(dir, made.filename), files: made.files }
}

/** A recipe-ci of a prefix of its own, with the environment that a shell there would have. */
export type Installed = {
  /** The folder that npm put it into. */
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
}

/** `npm install --global` of a tarball, with a home and a prefix that hold nothing else. */
export async function installGlobally(
  tarball: string,
  dir: string,
  node: string,
): Promise<Installed> {
  const home = join(dir, 'home')
  const prefix = join(dir, 'prefix')
  for (const folder of [home, prefix]) mkdirSync(folder)
  const env = {
    HOME: home,
    PATH: `${join(prefix, 'bin')}:${dirname(node)}:${process.env['PATH'] ?? ''}`,
    ...headersOf(node),
  }
  const words = ['install', '--global', '--prefix', prefix, '--no-audit', '--no-fund']
  await execa('npm', [...words, '--prefer-offline', '--loglevel=error', tarball], { env, cwd: dir })
  return { dir: join(prefix, 'lib/node_modules/recipe-ci'), env }
}

/** npm would fetch the headers of Node to build against: those beside it are as good, and are there. */
function headersOf(node: string): Readonly<Record<string, string>> {
  const prefix = join(dirname(node), '..')
  return existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {}
}
