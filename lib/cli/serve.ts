import type { Lifetime } from '../lifetime/lifetime.js'
import { leavingOf, type Outcome } from './door.js'
import type { Host } from './host.js'
import { readVersion } from './install.js'

type Guarded = { readonly lifetime: Lifetime; readonly installDir: string }

/** Runs one command under its guards and leaves by the one exit door. */
export async function serve(
  words: readonly string[],
  { lifetime, installDir }: Guarded,
): Promise<void> {
  let mask = (text: string): string => text
  const host: Host = {
    lifetime,
    env: Object.freeze({ ...process.env }),
    pid: process.pid,
    installDir,
    version: readVersion(installDir),
    stdout: process.stdout,
    stderr: process.stderr,
    reached: () => undefined,
    maskWith: given => {
      mask = given
    },
  }
  const outcome = await outcomeOf(words, host)
  const { code, text } = leavingOf(outcome, lifetime.end())
  process.stderr.write(mask(text))
  await lifetime.leave(code)
}

async function outcomeOf(words: readonly string[], host: Host): Promise<Outcome> {
  try {
    const { start } = await import('./start.js')
    return { code: await start(words, host) }
  } catch (thrown) {
    return { thrown }
  }
}
