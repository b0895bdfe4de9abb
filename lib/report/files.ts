import { join } from 'node:path'
import type { Happening } from '../domain/events.js'
import { layOut } from './layout.js'
import { openLineFile, type LineFile } from './line-file.js'
import { PLAIN } from './paint.js'
import type { Sink } from './sink.js'
import { tell } from './tell.js'

const LAYOUT = { paint: PLAIN, most: 200, width: 4000 }

/** `events.ndjson` and `log.txt` of a run folder. `trouble` is told once about each file that loses lines. */
export function createFileSinks(runDir: string, trouble: (text: string) => void): readonly Sink[] {
  return [
    fileSink(join(runDir, 'events.ndjson'), happening => [JSON.stringify(happening)], trouble),
    fileSink(join(runDir, 'log.txt'), logLines, trouble),
  ]
}

function fileSink(
  path: string,
  linesOf: (happening: Happening) => readonly string[],
  trouble: (text: string) => void,
): Sink {
  const file = openLineFile(path)
  let said = false
  return {
    take: happening => {
      const why = appendAll(file, linesOf(happening))
      if (why === undefined || said) return
      said = true
      trouble(`Cannot write "${path}", lines will be missing: ${why}`)
    },
    close: file.close,
  }
}

function appendAll(file: LineFile, lines: readonly string[]): string | undefined {
  let why: string | undefined
  for (const line of lines) why = file.append(line) ?? why
  return why
}

function logLines(happening: Happening): readonly string[] {
  const at = happening.at.slice(11, 23)
  return tell(happening)
    .lines.flatMap(line => layOut(line, LAYOUT))
    .map(text => `${at}  ${text}`)
}
