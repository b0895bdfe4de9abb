import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { AddressInfo } from 'node:net'
import { CACHE_DIR } from '../lab/places.js'
import { freePort } from '../support/free-port.js'

/** A real registry on loopback, behind a proxy that can refuse and dawdle. Its address stands in image names. */
export type Registry = AsyncDisposable & {
  /** `127.0.0.1:<port>`. Images of `limited/` are answered with 429, layers of `slow/` come late. */
  readonly address: string
}

/** How late a layer of `slow/` comes. */
const SLOW_MS = 20_000
const BINARY = join(CACHE_DIR, 'docker-registry-2.8.2')

/** Starts Debian's docker-registry on an empty folder. */
export async function startRegistry(): Promise<Registry> {
  const binary = await registryBinary()
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-registry-'))
  const port = await freePort()
  const config = join(dir, 'config.yml')
  await writeFile(config, configOf(dir, port))
  const child = spawn(binary, ['serve', config], { stdio: 'ignore', cwd: dir })
  await answers(port)
  const proxy = createServer((asked, answer) => {
    void pass(asked, answer, port)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      proxy.closeAllConnections()
      proxy.close()
      child.kill('SIGKILL')
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function pass(asked: IncomingMessage, answer: ServerResponse, port: number): Promise<void> {
  const path = asked.url ?? '/'
  if (path.startsWith('/v2/limited/')) {
    const message = 'You have reached your pull rate limit'
    answer.writeHead(429, { 'content-type': 'application/json' })
    answer.end(JSON.stringify({ errors: [{ code: 'TOOMANYREQUESTS', message }] }))
    return
  }
  if (asked.method === 'GET' && /^\/v2\/slow\/.*\/blobs\//.test(path)) await sleep(SLOW_MS)
  const { method, headers } = asked
  const onward = request({ host: '127.0.0.1', port, path, method, headers }, got => {
    answer.writeHead(got.statusCode ?? 502, got.headers)
    got.pipe(answer)
  })
  onward.on('error', () => answer.destroy())
  asked.pipe(onward)
}

async function registryBinary(): Promise<string> {
  const kept = await access(BINARY).then(
    () => true,
    () => false,
  )
  if (kept) return BINARY
  await mkdir(CACHE_DIR, { recursive: true })
  const dir = await mkdtemp(join(CACHE_DIR, 'registry-'))
  try {
    const download = { cwd: dir, reject: false } as const
    const { failed } = await execa('apt-get', ['download', '-qq', 'docker-registry'], download)
    if (failed) {
      await execa('apt-get', ['update', '-qq'])
      await execa('apt-get', ['download', '-qq', 'docker-registry'], { cwd: dir })
    }
    await execa('sh', ['-c', 'dpkg-deb -x docker-registry_*.deb unpacked'], { cwd: dir })
    await rename(join(dir, 'unpacked/usr/bin/docker-registry'), BINARY)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
  return BINARY
}

function configOf(dir: string, port: number): string {
  return `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${join(dir, 'data')} } }
http: { addr: "127.0.0.1:${port}" }
`
}

async function answers(port: number): Promise<void> {
  const until = Date.now() + 30_000
  for (;;) {
    const found = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined)
    if (found?.ok === true) return
    if (Date.now() > until) throw new Error('The registry does not start')
    await sleep(50)
  }
}
