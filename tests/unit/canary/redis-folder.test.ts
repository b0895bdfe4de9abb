import { execFile } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { REDIS } from '../../../lib/canary/dialect-redis.js'
import { NO_CLIENT } from '../../../lib/canary/row-dialect.js'

/** What the script says of the databases of a server with these volumes that answers CONFIG GET dir like this. */
async function list(dir: string, answer: string, ...folders: readonly string[]) {
  const cli = join(dir, 'redis-cli')
  const says = `#!/bin/sh\nif [ "$1" = PING ]; then echo PONG; exit; fi\nread -r asked\n[ "$asked" = 'CONFIG GET dir' ] && printf '${answer}\\n'\n`
  await writeFile(cli, says)
  await chmod(cli, 0o755)
  const env = { PATH: `${dir}:${process.env['PATH'] ?? ''}`, RCI_FOLDERS: folders.join('\n') }
  return new Promise<{ code: number; stdout: string; stderr: string }>(resolve => {
    const child = execFile(
      'sh',
      ['-c', REDIS.script, 'sh', 'list'],
      { env },
      (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr })
      },
    )
    child.stdin?.end()
  })
}

t.test('a Redis keeps its data only if its folder lies in one of its volumes', async t => {
  const dir = t.testdir()
  const kept = { code: 0, stdout: '0\n', stderr: '' }
  t.strictSame(await list(dir, 'dir\\n/data', '/data'), kept)
  t.strictSame(await list(dir, 'dir\\n/data', '/run/redis', '/data/'), kept, 'any of them')
  t.strictSame(await list(dir, 'dir\\n/data/own files', '/data'), kept, 'below it')
  const lost = await list(dir, 'dir\\n/data', '/run/redis', '/data/sub', '/dat')
  t.match(lost, { code: NO_CLIENT, stdout: '', stderr: /"\/data" .*not kept/ })
})

t.test('one that does not tell its folder is not watched', async t => {
  const dir = t.testdir()
  for (const answer of ['ERR unknown command `CONFIG`', 'NOPERM no permissions'])
    t.match(await list(dir, answer, '/data'), { code: NO_CLIENT, stderr: /does not tell/ }, answer)
  t.match(await list(dir, '', '/data'), { code: 1, stdout: '' }, 'it is asked again')
})
