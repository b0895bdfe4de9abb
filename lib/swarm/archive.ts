import type { Transport } from './transport.js'

/** A file or folder inside a container. */
export type PathStat = {
  readonly name: string
  readonly bytes: number
  /** Go's file mode: the permission bits are its lowest nine. */
  readonly mode: number
  readonly mtimeMs: number
}

/** The stat of a path in a container. Throws EngineFault: 404 for a missing path, or container. */
export async function statPath(
  transport: Transport,
  path: string,
  deadlineMs: number,
): Promise<PathStat> {
  const { headers } = await transport.read({ method: 'HEAD', path, deadlineMs }, 0)
  const text = Buffer.from(String(headers['x-docker-container-path-stat'] ?? ''), 'base64')
  const raw = JSON.parse(text.toString('utf8')) as Partial<Record<string, string | number>>
  return {
    name: String(raw['name']),
    bytes: Number(raw['size']),
    mode: Number(raw['mode']),
    mtimeMs: Date.parse(String(raw['mtime'])),
  }
}

/** The first bytes of a path's tar archive; the rest, which may be a whole database, is not fetched. */
export async function readArchiveStart(
  transport: Transport,
  path: string,
  limits: { readonly maxBytes: number; readonly deadlineMs: number },
): Promise<Buffer> {
  const call = { method: 'GET', path, deadlineMs: limits.deadlineMs } as const
  const response = await transport.open(call)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= limits.maxBytes) break // leaving the loop closes the connection
  }
  return Buffer.concat(chunks).subarray(0, limits.maxBytes)
}
