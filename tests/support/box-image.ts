import { execa } from 'execa'
import { mkdir, mkdtemp, realpath, rm, symlink, copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const TOOLS = [
  'sh',
  'sleep',
  'touch',
  'test',
  'cat',
  'env',
  'echo',
  'true',
  'false',
  'tty',
  'rm',
  'mkdir',
  'chmod',
]

/**
 * The smallest image that can run a shell: Debian's busybox-static and nothing else. Remove it when done.
 * @param host another engine than the usual one, as DOCKER_HOST names it
 */
export async function importBoxImage(name: string, host?: string): Promise<void> {
  await using root = await temporaryDir()
  await mkdir(join(root.path, 'bin'))
  await mkdir(join(root.path, 'tmp'))
  await copyFile(await findBusybox(root.path), join(root.path, 'bin/busybox'))
  for (const tool of TOOLS) await symlink('busybox', join(root.path, 'bin', tool))
  const tar = execa('tar', ['-C', root.path, '-c', 'bin', 'tmp'], { encoding: 'buffer' })
  const env = host === undefined ? {} : { DOCKER_HOST: host }
  await tar.pipe('docker', ['import', '--change', 'ENV PATH=/bin', '-', name], { env })
}

async function temporaryDir(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'recipe-ci-box-'))
  const remove = () => rm(path, { recursive: true, force: true })
  return { path, [Symbol.asyncDispose]: remove }
}

async function findBusybox(workDir: string): Promise<string> {
  const installed = await realpath('/bin/busybox').catch(() => undefined)
  if (installed !== undefined) {
    const { failed } = await execa('ldd', [installed], { reject: false })
    if (failed) return installed
  }
  await execa('apt-get', ['download', 'busybox-static'], { cwd: workDir })
  await execa('sh', ['-c', 'dpkg-deb -x busybox-static_*.deb unpacked'], { cwd: workDir })
  return join(workDir, 'unpacked/bin/busybox')
}
