import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'

/** A child that reads nothing closes its stdin: no news. */
const ignore = () => undefined

const LEASH = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : []

/** Children that still run: a signal that ends us ends them. The real abra has no children to leave behind. */
const alive = new Set()

/**
 * Runs a program in our own process group, on a leash that kills it when we die.
 * @returns {Promise<{code: number, stdout: string, stderr: string}>}
 */
export function runChild(argv, { env = process.env, cwd = '/', stdin = '', onOutput } = {}) {
  const [command, ...args] = [...LEASH, ...argv]
  const child = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  alive.add(child)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', text => {
      if (onOutput) onOutput(name, text)
      else output[name] += text
    })
  }
  child.stdin.on('error', ignore)
  child.stdin.end(stdin)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => {
      alive.delete(child)
      resolve({ code: code ?? 1, ...output })
    })
  })
}

export function killChildren() {
  for (const child of alive) child.kill('SIGKILL')
}
