import { join } from 'node:path'
import { execa } from 'execa'

/** Asks a real shell what it offers behind `line`, with our completion script loaded. */
export type Completing = (
  script: string,
  line: string,
  around?: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
) => Promise<readonly string[]>

export type ShellName = 'bash' | 'zsh' | 'fish'

const DRIVERS = join(import.meta.dirname, 'shells')

// The words as bash would split them: it takes "=" for a word of its own.
const IN_BASH = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _recipe_ci; printf '%s\\n' "\${COMPREPLY[@]}"`

export const COMPLETING: Readonly<Record<ShellName, Completing>> = {
  bash: async (script, line, around = { env: {}, cwd: '/' }) => {
    const words = line.replaceAll('=', ' = ').split(' ')
    const { stdout } = await execa(
      'bash',
      ['--norc', '-c', IN_BASH, 'bash', script, ...words],
      around,
    )
    return linesOf(stdout)
  },
  zsh: async (script, line) => {
    const words = ['-f', join(DRIVERS, 'outer.zsh'), line, join(DRIVERS, 'inner.zsh')]
    const { stdout } = await execa('zsh', words, { env: { SCRIPT: script }, timeout: 60_000 })
    return linesOf(stdout)
      .filter(said => said.startsWith('hit:'))
      .map(said => said.slice('hit:'.length))
  },
  fish: async (script, line) => {
    const command = 'source $argv[1]; complete -C $argv[2]'
    const { stdout } = await execa('fish', ['--no-config', '-c', command, script, line])
    return linesOf(stdout).map(said => said.split('\t', 1)[0] ?? '')
  },
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).filter(said => said !== '')
}

/** Whether this shell is here; root gets one that is missing from Debian (zsh 5 MB, fish 3 MB). */
export async function hasShell(name: ShellName): Promise<boolean> {
  const there = async () => (await execa(name, ['--version'], { reject: false })).exitCode === 0
  if (await there()) return true
  if (process.getuid?.() !== 0) return false
  const words = ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '-qq', '--no-install-recommends']
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await execa('apt-get', [...words, name], { env, stdin: 'ignore', reject: false })
  return there()
}
