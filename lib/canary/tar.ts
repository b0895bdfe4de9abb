/** One entry of a tar archive. */
export type TarEntry = {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeMs: number
  /** Of a file, as many bytes as the archive holds. */
  readonly content: Buffer
  readonly bytes: number
}

const BLOCK = 512
/** Where a header keeps its fields: offset and length. */
const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  prefix: [345, 155],
} as const
type Place = readonly [number, number]

/** An archive with one regular file. */
export function packFile(
  name: string,
  content: string,
  owner: {
    readonly uid: number
    readonly gid: number
    readonly mode: number
    readonly atMs: number
  },
): Buffer {
  const bytes = Buffer.from(content, 'utf8')
  const header = Buffer.alloc(BLOCK)
  header.write(name, ...FIELD.name, 'utf8')
  writeNumber(header, FIELD.mode, owner.mode)
  writeNumber(header, FIELD.uid, owner.uid)
  writeNumber(header, FIELD.gid, owner.gid)
  writeNumber(header, FIELD.size, bytes.length)
  writeNumber(header, FIELD.mtime, Math.floor(owner.atMs / 1000))
  header.write('0', ...FIELD.type, 'latin1')
  header.write('ustar\u000000', ...FIELD.magic, 'latin1')
  header.fill(' ', FIELD.checksum[0], FIELD.checksum[0] + FIELD.checksum[1])
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, ...FIELD.checksum, 'latin1')
  const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)
  return Buffer.concat([header, bytes, padding, Buffer.alloc(2 * BLOCK)])
}

/** The entries of an archive, or of the beginning of one: an entry that is cut keeps what there is of it. */
export function unpack(archive: Buffer): readonly TarEntry[] {
  const entries: TarEntry[] = []
  let at = 0
  let longName: string | undefined
  while (at + BLOCK <= archive.length) {
    const header = archive.subarray(at, at + BLOCK)
    if (header[0] === 0) break
    const bytes = readNumber(header, FIELD.size)
    const content = archive.subarray(at + BLOCK, at + BLOCK + bytes)
    const type = String.fromCharCode(header[FIELD.type[0]] ?? 0)
    at += BLOCK + Math.ceil(bytes / BLOCK) * BLOCK
    if (type === 'L' || type === 'x' || type === 'g') {
      longName = nameInside(type, content) ?? longName
      continue
    }
    entries.push(entryOf(header, { type, content, bytes, name: longName ?? nameOf(header) }))
    longName = undefined
  }
  return entries
}

function entryOf(
  header: Buffer,
  { type, ...rest }: { type: string; content: Buffer; bytes: number; name: string },
): TarEntry {
  const kind = type === '5' ? 'folder' : type === '0' || type === '\0' ? 'file' : 'other'
  return {
    ...rest,
    kind,
    mode: readNumber(header, FIELD.mode),
    uid: readNumber(header, FIELD.uid),
    gid: readNumber(header, FIELD.gid),
    mtimeMs: readNumber(header, FIELD.mtime) * 1000,
  }
}

function nameOf(header: Buffer): string {
  const prefix = readText(header, FIELD.prefix)
  const name = readText(header, FIELD.name)
  return prefix === '' ? name : `${prefix}/${name}`
}

/** A long name lies in an entry of its own before the one it belongs to: GNU's as it is, PAX's as a record. */
function nameInside(type: string, content: Buffer): string | undefined {
  const text = content.toString('utf8')
  return type === 'L' ? text.replace(/\0+$/, '') : /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1]
}

function readText(header: Buffer, [offset, length]: Place): string {
  const field = header.subarray(offset, offset + length)
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? length : end).toString('utf8')
}

/** Octal text; numbers too big for that are big-endian with the first bit set. */
function readNumber(header: Buffer, [offset, length]: Place): number {
  const field = header.subarray(offset, offset + length)
  if (((field[0] ?? 0) & 0x80) === 0)
    return parseInt(readText(header, [offset, length]).trim(), 8) || 0
  return field.subarray(1).reduce((total, byte) => total * 256 + byte, 0)
}

function writeNumber(header: Buffer, [offset, length]: Place, value: number): void {
  const octal = value.toString(8).padStart(length - 1, '0')
  if (octal.length < length) {
    header.write(`${octal}\0`, offset, length, 'latin1')
    return
  }
  header[offset] = 0x80
  for (let index = length - 1, rest = value; index > 0; index -= 1) {
    header[offset + index] = rest % 256
    rest = Math.floor(rest / 256)
  }
}
