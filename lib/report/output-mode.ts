import type { Env } from '../domain/env.js'

/** How to speak to whoever reads stdout: a live tree only on a terminal outside CI, colours only where they are liked. */
export function outputMode(env: Env, isTTY: boolean): { tty: boolean; color: boolean } {
  const given = (name: string) => (env[name] ?? '') !== ''
  const ci = ['CI', 'DRONE'].some(name => given(name) && env[name] !== 'false' && env[name] !== '0')
  const tty = isTTY && !ci && env['TERM'] !== 'dumb'
  return { tty, color: tty && !given('NO_COLOR') }
}
