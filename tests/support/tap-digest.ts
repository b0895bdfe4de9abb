/**
 * What a person needs of tap's output: one line a file, every failure with its diagnostic, every skip. Gives back the
 * lines to show for each line that comes in.
 */
export function createDigest(): (line: string) => readonly string[] {
  let mayExplain = false
  let until: string | undefined
  return line => {
    if (until !== undefined) {
      if (line === until) until = undefined
      return [line]
    }
    const opens = mayExplain ? /^(\s*)---$/.exec(line) : null
    mayExplain = isFailure(line)
    if (opens !== null) {
      until = `${opens[1] ?? ''}...`
      return [line]
    }
    return mayExplain || isFile(line) || isSkip(line) || line.startsWith('Bail out!') ? [line] : []
  }
}

function isFailure(line: string): boolean {
  return /^\s*not ok /.test(line) && !/ # (?:todo|skip)\b/i.test(line)
}

function isFile(line: string): boolean {
  return /^(?:not )?ok \d+ - tests\//.test(line)
}

function isSkip(line: string): boolean {
  return /^\s*(?:not )?ok .* # (?:skip|todo)\b/i.test(line)
}
