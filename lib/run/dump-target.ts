/** A tool that dumps a kind of database, and the option that names the file to dump to. */
type Tool = { readonly kind: string; readonly named: RegExp; readonly option: RegExp }

const TOOLS: readonly Tool[] = [
  { kind: 'postgres', named: /\bpg_dump(?:all)?\b/, option: /\s(?:-f\s*|--file[=\s]\s*)/ },
  {
    kind: 'mysql',
    named: /\b(?:mysqldump|mariadb-dump)\b/,
    option: /\s(?:-r\s*|--result-file[=\s]\s*)/,
  },
  { kind: 'mongodb', named: /\bmongodump\b/, option: /\s(?:-o\s*|--out[=\s]\s*|--archive=)/ },
]

/** Where standard output goes, and nothing else. */
const OUTPUT = /(?<![\d&<>-])1?>>?\s*(?!&)/g
/** A whole path without anything that a shell would replace, with what closes it. */
const PATH = /^(["']?)(\/(?:[\w.@%+,:=~-]+\/)*[\w.@%+,:=~-]+)\1(?=["']*(?:$|[\s;&|)}]))/
const NO_FILE = /^\/(?:dev|proc|sys)\//
/** What only speaks of a tool. */
const TALK = /^\W*(?:echo|printf|which|command|type|test|logger|cat|grep|apk|apt|apt-get)\b/
const COMPRESSES = /^\s*(?:gzip|pigz|bzip2|xz|zstd)\b/
/** What moves no file. */
const HARMLESS = /^(?:(?:echo|true|sync|exit)\b[^>$`]*|:)?$/
/** What may have a path lead elsewhere, or a command come later. */
const UNCLEAR = /\b(?:ln|mount|trap)\b|<</

export type DumpTarget = { readonly kind: string; readonly path: string }

/**
 * The files that a hook dumps to for good, by absolute paths. A path that a variable is part of, and a dump that goes through
 * another program or that a command after it may take elsewhere, is none that can be known.
 */
export function dumpTargets(hook: string): readonly DumpTarget[] {
  if (UNCLEAR.test(hook)) return []
  const commands = hook.split(/;|&&|\|\||\n/)
  const staying = commands.findLastIndex(command => !isDump(command) && !isHarmless(command)) + 1
  return commands.slice(staying).flatMap(targetOf)
}

function isDump(command: string): boolean {
  return !TALK.test(command) && TOOLS.some(({ named }) => named.test(command))
}

function isHarmless(command: string): boolean {
  return HARMLESS.test(command.replace(/^[\s"')}]+|[\s"')}]+$/g, ''))
}

function targetOf(command: string): readonly DumpTarget[] {
  const tool = TOOLS.find(({ named }) => named.test(command))
  if (tool === undefined) return []
  const named = namedBy(command, tool)
  const [whole = '', , path] = PATH.exec(named) ?? []
  if (path === undefined || NO_FILE.test(path) || isFollowed(named.slice(whole.length))) return []
  return [{ kind: tool.kind, path }]
}

/** What stands where a command names its file, and all after it; empty: nothing does, or another program may write it. */
function namedBy(command: string, { option }: Tool): string {
  const [dump = '', ...pipes] = command.split('|')
  if (!isDump(dump) || !pipes.every(pipe => COMPRESSES.test(pipe))) return ''
  const asked = option.exec(dump)
  if (asked === null) return outputOf(pipes.at(-1) ?? dump)
  return pipes.length === 0 ? afterOf(dump, asked) : ''
}

function outputOf(command: string): string {
  const last = [...command.matchAll(OUTPUT)].at(-1)
  return last === undefined ? '' : afterOf(command, last)
}

function afterOf(command: string, { 0: found, index }: RegExpExecArray): string {
  return command.slice(index + found.length)
}

/** Whether a command goes on in the background while another begins. */
function isFollowed(rest: string): boolean {
  return rest.replaceAll(/\d?>&\d/g, '').includes('&')
}
