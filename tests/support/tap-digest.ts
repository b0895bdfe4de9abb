const WORTH_SAYING = /^\s+(?:signal|exitCode|error|failure|timeout|code): (?!null)/

/**
 * What a person needs of tap's output: one line a file, every failure with its diagnostic, every skip. Gives back the
 * lines to show for each line that comes in.
 */
export function createDigest(): (line: string) => readonly string[] {
  let failed: 'file' | 'test' | undefined
  let until: string | undefined
  const explain = (line: string): readonly string[] => {
    if (line === until) until = undefined
    return failed === 'test' || WORTH_SAYING.test(line) ? [line] : []
  }
  return line => {
    if (until !== undefined) return explain(line)
    const opens = failed === undefined ? null : /^(\s*)---$/.exec(line)
    if (opens !== null) {
      until = `${opens[1] ?? ''}...`
      return explain(line)
    }
    failed = failureOf(line)
    return failed !== undefined || isNews(line) ? [line] : []
  }
}

function failureOf(line: string): 'file' | 'test' | undefined {
  if (!/^\s*not ok /.test(line) || isSkip(line)) return undefined
  return isFile(line) ? 'file' : 'test'
}

function isNews(line: string): boolean {
  return isFile(line) || isSkip(line) || line.startsWith('Bail out!')
}

function isFile(line: string): boolean {
  return /^(?:not )?ok \d+ - \S+\.test\.ts\b/.test(line)
}

function isSkip(line: string): boolean {
  return /^\s*(?:not )?ok .* # (?:skip|todo)\b/i.test(line)
}
