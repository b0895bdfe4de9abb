import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

/** An image with Debian's sqlite3 on top of a lab image; made once. */
export async function sqliteImage(base: string): Promise<string> {
  const key = createHash('sha256').update(base).digest('hex').slice(0, 12)
  const image = `recipe-ci-test/sqlite:${key}`
  const known = await execa('docker', ['image', 'inspect', image], { reject: false })
  if (!known.failed) return image
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-sqlite-'))
  try {
    await execa('apt-get', ['download', 'sqlite3', 'libsqlite3-0'], { cwd: dir })
    await execa('sh', ['-c', 'for deb in *.deb; do dpkg-deb -x "$deb" root; done'], { cwd: dir })
    await writeFile(join(dir, 'Dockerfile'), `FROM ${base}\nCOPY root/usr /usr\n`)
    const env = { DOCKER_BUILDKIT: '0' }
    await execa('docker', ['build', '--quiet', '--tag', image, dir], { env })
    return image
  } finally {
    await rm(dir, { recursive: true })
  }
}
