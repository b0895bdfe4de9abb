// The doorbell: it rings, it does not decide. Guards first, before any import that takes time.
import { findInstallDir, readVersion } from './install.js'

process.exitCode = 1

const words = process.argv.slice(2)
const installDir = findInstallDir()

if (words[0] === '--version' && words.length === 1) {
  process.stdout.write(`${readVersion(installDir)}\n`)
  process.exitCode = 0
} else {
  const { installLifetime } = await import('../lifetime/lifetime.js')
  const lifetime = installLifetime(process)
  const { serve } = await import('./serve.js')
  await serve(words, { lifetime, installDir })
}
