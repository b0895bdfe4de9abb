// npm run build: dist/, made of lib and the libraries that it uses. --list: writes nothing, says which files there would
// be; a name holds the hash of what is inside. See docs/decisions/0010-bundle.md.
import { rmSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath, URL } from 'node:url'
import { build } from 'esbuild'

const list = process.argv.includes('--list')
if (!list) rmSync(new URL('dist', import.meta.url), { recursive: true, force: true })

const { metafile } = await build({
  // What is started by name: the program, and what tests of recipes import.
  entryPoints: [
    'lib/cli/main.ts',
    'lib/test/app.ts',
    'lib/test/register.ts',
    'lib/test/resolve.ts',
  ],
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  outbase: '.',
  outdir: 'dist',
  bundle: true,
  // What is imported only when it is needed stays apart: no command reads what another one needs.
  splitting: true,
  chunkNames: 'lib/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Native: there is nothing to bundle.
  external: ['fs-ext'],
  // Some libraries are CommonJS and ask for node: modules by a require that an ES module does not have.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  logLevel: 'warning',
  metafile: true,
  write: !list,
})
if (list) process.stdout.write(`${Object.keys(metafile.outputs).sort().join('\n')}\n`)
