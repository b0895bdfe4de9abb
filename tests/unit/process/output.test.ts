import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import { drain, MaskedLog, Tail } from '../../../lib/process/output.js'

const mask = (text: string): string => text.replaceAll('hunter22', '***')

async function logged(path: string, chunks: readonly (string | Buffer)[]): Promise<string> {
  const log = await MaskedLog.open(path, mask)
  await drain(Readable.from(chunks.map(chunk => Buffer.from(chunk))), new Tail(1_000), log)
  await log.close()
  return readFile(path, 'utf8')
}

t.test('a tail keeps the end of a stream, never more than it may', async t => {
  for (const sizes of [[10], [4, 4, 4], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], [30, 2], [8, 0]]) {
    const tail = new Tail(8)
    const all = sizes.map((size, i) => String.fromCharCode(97 + i).repeat(size))
    for (const chunk of all) tail.add(Buffer.from(chunk))
    t.equal(tail.text(), all.join('').slice(-8), JSON.stringify(sizes))
    t.equal(tail.truncated, all.join('').length > 8)
    t.ok(all.join('').startsWith(tail.beginning()), 'it remembers how the stream began')
    t.ok(tail.beginning() !== '')
  }
})

t.test('a secret cut in two by the pipe is masked in the log', async t => {
  const path = join(t.testdir(), 'log')
  t.equal(await logged(path, ['a hun', 'ter', '22 b\nrest hunt', 'er22']), 'a *** b\nrest ***\n')
})

t.test('a secret in a line without end is masked, wherever the line is cut', async t => {
  const dots = '.'.repeat(70_000)
  for (const shift of [0, 3, 8_189, 8_192, 8_195]) {
    const path = join(t.testdir(), 'log')
    const text = await logged(path, [`${dots}hunter22`, '.'.repeat(shift), `hunt`, `er22${dots}`])
    t.notMatch(text, /hunter22/)
    t.equal(text.length, 2 * dots.length + shift + 2 * '***'.length + 1)
  }
})

t.test('a character cut in two by the pipe stays whole in the log', async t => {
  const euro = Buffer.from('€')
  const path = join(t.testdir(), 'log')
  t.equal(await logged(path, [euro.subarray(0, 1), euro.subarray(1)]), '€\n')
})

t.test('a log that cannot be written ends with a reason, not with the call', async t => {
  const log = await MaskedLog.open('/nonexistent/folder/log', mask)
  t.match(log.failure, /^Cannot write "\/nonexistent\/folder\/log"/)
  await log.write('text\n')
  await log.close()

  const full = await MaskedLog.open('/dev/full', mask)
  await full.write('text\n')
  await full.close()
  t.match(full.failure, /ENOSPC/)
})
