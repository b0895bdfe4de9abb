import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { CACHE_DIR, contentKey, type Log } from './places.js'

const PACKAGES = [
  'base-files base-passwd bash busybox-static ca-certificates coreutils curl dash debianutils diffutils findutils grep',
  'gzip hostname libc-bin login mawk ncurses-base passwd procps sed tar util-linux netbase',
  'nginx-light postgresql-15 redis-server mariadb-server restic python3-minimal python3 python3-psycopg2',
].flatMap(line => line.split(' '))

/**
 * No maintainer script has run in the unpacked packages: users, the awk link, the certificate bundle and writable
 * folders are made here.
 */
const FINISH = `
set -eu
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
echo 'postgres:x:70:70::/var/lib/postgresql:/bin/sh' >>etc/passwd
echo 'postgres:x:70:' >>etc/group
echo 'redis:x:71:71::/data:/bin/sh' >>etc/passwd
echo 'redis:x:71:' >>etc/group
echo 'mysql:x:72:72::/var/lib/mysql:/bin/sh' >>etc/passwd
echo 'mysql:x:72:' >>etc/group
ln -sf mawk usr/bin/awk
rm -rf var/run var/lock
ln -s /run var/run
ln -s /run/lock var/lock
mkdir -p tmp run/lock proc sys dev srv data usr/share/nginx/html var/lib/nginx var/log/nginx
chmod 1777 tmp
rm -f etc/nginx/sites-enabled/*
ln -s /dev/stdout var/log/nginx/access.log
ln -s /dev/stderr var/log/nginx/error.log
find usr/share/ca-certificates -name '*.crt' -exec cat {} + >etc/ssl/certs/ca-certificates.crt
rm -rf usr/share/doc usr/share/man usr/share/locale usr/share/i18n usr/share/mysql/*/ var/cache/apt
# What nothing here needs and weighs half of it all: the compiler of PostgreSQL's JIT, Perl, tools for other table formats.
rm -rf usr/lib/*/libLLVM* usr/lib/*/libz3* usr/lib/postgresql/*/lib/llvmjit* usr/lib/postgresql/*/lib/bitcode
rm -rf usr/share/perl usr/share/perl5 usr/lib/*/perl usr/lib/*/perl5 usr/lib/*/perl-base
rm -f usr/bin/aria_* usr/bin/myisam* usr/bin/innochecksum usr/bin/mariadb-slap usr/bin/perror usr/bin/resolve_stack_dump
`

const KEY = contentKey(...PACKAGES, FINISH)
export const BASE_IMAGE = `recipe-ci-lab/base:${KEY}`

/** A tar of one root file system that holds every program of the lab, from Debian's packages. Some 20 s when absent. */
export async function rootfsTar(log: Log): Promise<string> {
  const tar = join(CACHE_DIR, `rootfs-${KEY}.tar`)
  if (await exists(tar)) return tar
  log('fetching Debian packages for the images')
  await mkdir(CACHE_DIR, { recursive: true })
  const work = await mkdtemp(join(CACHE_DIR, 'rootfs-'))
  try {
    const root = join(work, 'root')
    await download(work)
    await unpack(join(work, 'archives'), root)
    await execa('sh', ['-c', FINISH], { cwd: root })
    const owner = ['--numeric-owner', '--owner=0', '--group=0']
    await execa('tar', [...owner, '-C', root, '-cf', join(work, 'tar'), '.'])
    await rename(join(work, 'tar'), tar)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return tar
}

/** The packages with all they depend on, as if none was installed here. */
async function download(dir: string): Promise<void> {
  await mkdir(join(dir, 'archives/partial'), { recursive: true })
  await writeFile(join(dir, 'status'), '')
  const install = [
    ...['-o', `Dir::State::status=${join(dir, 'status')}`],
    ...['-o', `Dir::Cache::archives=${join(dir, 'archives')}`],
    ...['-o', 'Debug::NoLocking=1', '-qq', '--download-only', '--no-install-recommends', '-y'],
    ...['install', ...PACKAGES],
  ]
  const { exitCode } = await execa('apt-get', install, { reject: false })
  if (exitCode === 0) return
  // What is known of the archive is missing or out of date.
  await execa('apt-get', ['update', '-qq'])
  await rm(join(dir, 'archives'), { recursive: true })
  await mkdir(join(dir, 'archives/partial'), { recursive: true })
  await execa('apt-get', install)
}

async function unpack(debs: string, root: string): Promise<void> {
  for (const dir of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(root, 'usr', dir), { recursive: true })
    await execa('ln', ['-s', `usr/${dir}`, join(root, dir)])
  }
  for (const deb of (await readdir(debs)).filter(name => name.endsWith('.deb')))
    await execa('sh', [
      '-c',
      'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"',
      'unpack',
      join(debs, deb),
      root,
    ])
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch {
    return false
  }
}
