import { tapBody } from '../results/tap.js'
import type { Out } from './out.js'
import { createPlain, type PlainOptions } from './plain.js'
import type { Sink } from './sink.js'

/** TAP 14 on stdout: what happens comes as comments, the test points at the end, when nothing can change them. */
export function createTap(options: PlainOptions & { readonly out: Out }): Sink {
  const { out } = options
  out.write('TAP version 14\n')
  const comments = createPlain({ ...options, prefix: '# ' })
  return {
    take: comments.take,
    close: results => {
      comments.close(results)
      const lines =
        results === undefined ? ['Bail out! the run came to no result'] : tapBody(results)
      for (const line of lines) out.write(`${line}\n`)
    },
  }
}
