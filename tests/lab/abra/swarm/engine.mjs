import { request } from 'node:http'
import process from 'node:process'
import { URL } from 'node:url'
import { Fatal } from '../log.mjs'

const CARRIAGE_RETURN = 13

function address() {
  const host = process.env['DOCKER_HOST'] || 'unix:///var/run/docker.sock'
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) }
  const { hostname, port } = new URL(host)
  return { hostname, port }
}

function open(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      host: 'docker',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const call = request({ ...address(), method, path, headers, agent: false }, resolve)
    call.on('error', error =>
      reject(new Fatal(`Cannot connect to the Docker daemon: ${error.message}`)),
    )
    call.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function readAll(response) {
  let text = ''
  response.setEncoding('utf8')
  for await (const part of response) text += part
  return text
}

/** What the engine answered, status included: for calls whose refusal means something. */
export async function call(method, path, body) {
  const response = await open(method, path, body)
  const text = await readAll(response)
  const isJson = response.headers['content-type']?.startsWith('application/json')
  const answer = isJson && text !== '' ? JSON.parse(text) : text
  return { status: response.statusCode, answer, message: answer?.message ?? text.trim() }
}

async function expectOk(method, path, body) {
  const { status, answer, message } = await call(method, path, body)
  if (status >= 400) throw new Fatal(`Error response from daemon: ${message}`)
  return answer
}

export const get = path => expectOk('GET', path)
export const post = (path, body) => expectOk('POST', path, body)
export const remove = path => expectOk('DELETE', path)

/** A path with filters, written as the Engine API wants them. */
export const filtered = (path, filters) =>
  `${path}?filters=${encodeURIComponent(JSON.stringify(filters))}`

/** Runs a command in a container, output to ours as it comes; answers its exit status. */
export async function exec(container, { cmd, env = [], user = '', terminal = false }) {
  const { Id } = await post(`/containers/${container}/exec`, {
    AttachStdout: true,
    AttachStderr: true,
    Tty: terminal,
    Env: env,
    User: user,
    Cmd: cmd,
  })
  const response = await open('POST', `/exec/${Id}/start`, { Detach: false, Tty: terminal })
  if (response.statusCode >= 400) {
    throw new Fatal(`Error response from daemon: ${JSON.parse(await readAll(response)).message}`)
  }
  await (terminal ? pour(response) : demultiplex(response))
  return (await get(`/exec/${Id}/json`)).ExitCode
}

/**
 * The terminal in the container ends lines with CR LF. Docker's own program makes ours raw meanwhile; we take the CR
 * off, as our terminal will put one on again.
 */
async function pour(response) {
  for await (const part of response) {
    const isTerminal = process.stdout.isTTY === true
    process.stdout.write(isTerminal ? part.filter(byte => byte !== CARRIAGE_RETURN) : part)
  }
}

/** Without a terminal the engine sends frames: stream, three bytes of nothing, length, content. */
async function demultiplex(response) {
  let rest = new Uint8Array()
  for await (const part of response) {
    rest = concat(rest, part)
    for (;;) {
      if (rest.length < 8) break
      const size = new DataView(rest.buffer, rest.byteOffset).getUint32(4)
      if (rest.length < 8 + size) break
      const stream = rest[0] === 2 ? process.stderr : process.stdout
      stream.write(rest.subarray(8, 8 + size))
      rest = rest.subarray(8 + size)
    }
  }
}

function concat(left, right) {
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}

/** A file of a container, as the tar archive that the engine makes of it. */
export async function download(container, path) {
  const response = await open(
    'GET',
    `/containers/${container}/archive?path=${encodeURIComponent(path)}`,
  )
  const parts = []
  for await (const part of response) parts.push(part)
  if (response.statusCode >= 400) throw new Fatal(`no ${path} in container ${container}`)
  return parts.reduce(concat, new Uint8Array())
}
