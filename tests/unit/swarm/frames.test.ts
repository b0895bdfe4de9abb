import t from 'tap'
import { createDemultiplexer } from '../../../lib/swarm/frames.js'

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

t.test('streams are told apart, wherever the chunks are cut', async t => {
  const whole = Buffer.concat([
    frame(1, 'out1 '),
    frame(2, 'err'),
    frame(1, ''),
    frame(1, 'out2 é'),
  ])
  for (let size = 1; size <= whole.length; size += 1) {
    const demultiplexer = createDemultiplexer(1000)
    for (let at = 0; at < whole.length; at += size)
      demultiplexer.push(whole.subarray(at, at + size))
    const { stdout, stderr, truncated } = demultiplexer.streams()
    t.strictSame([stdout.toString(), stderr.toString(), truncated], ['out1 out2 é', 'err', false])
  }
})

t.test('only the end of a long stream is kept, and said to be cut', async t => {
  const demultiplexer = createDemultiplexer(10)
  for (let index = 0; index < 100; index += 1) demultiplexer.push(frame(1, `line ${index}\n`))
  const { stdout, truncated } = demultiplexer.streams()
  t.equal(stdout.toString(), '8\nline 99\n')
  t.equal(truncated, true)
})
