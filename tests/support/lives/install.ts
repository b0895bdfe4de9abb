import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import ts from 'typescript'

const REPO = join(import.meta.dirname, '../../..')
const GUARD_SOURCE = 'lib/lifetime/native/recipe-ci-guard.c'
const HARNESS = 'tests/support/lives/harness.ts'

/** An installed recipe-ci whose main is the harness in small. */
export type Install = {
  readonly dir: string
  readonly launcher: string
  readonly step: string
  readonly guard: string
}

/** Compiles a C file of this repository, once for each content. */
export async function compiled(source: string): Promise<string> {
  const text = readFileSync(join(REPO, source))
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const program = join(tmpdir(), `recipe-ci-test-${String(process.getuid?.())}-${hash}`)
  if (existsSync(program)) return program
  const fresh = `${program}.${process.pid}`
  await promisify(execFile)('cc', ['-std=gnu11', '-O1', '-o', fresh, join(REPO, source)])
  renameSync(fresh, program)
  return program
}

/** The guard of these very sources. */
export function guardPath(): Promise<string> {
  return compiled(GUARD_SOURCE)
}

/** Makes an install folder in the test's own folder: bin, build and dist as npm would leave them. */
export async function makeInstall(t: Test): Promise<Install> {
  const dir = t.testdir({ bin: {}, build: { Release: {} }, dist: { lib: { cli: {} } } })
  for (const name of ['recipe-ci', 'step']) {
    copyFileSync(join(REPO, 'bin', name), join(dir, 'bin', name))
    chmodSync(join(dir, 'bin', name), 0o755)
  }
  const guard = join(dir, 'build/Release/recipe-ci-guard')
  symlinkSync(await guardPath(), guard)
  for (const source of sources()) transpile(source, dir)
  writeFileSync(
    join(dir, 'dist/lib/cli/main.js'),
    `import '../../${HARNESS.replace('.ts', '.js')}'\n`,
  )
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }\n')
  symlinkSync(join(REPO, 'node_modules'), join(dir, 'node_modules'))
  return { dir, launcher: join(dir, 'bin/recipe-ci'), step: join(dir, 'bin/step'), guard }
}

function sources(): string[] {
  const folders = ['lib/lifetime', 'lib/process', 'lib/lock', 'lib/domain']
  const files = folders.flatMap(folder =>
    readdirSync(join(REPO, folder)).map(name => join(folder, name)),
  )
  return [HARNESS, 'lib/errors.ts', ...files.filter(file => file.endsWith('.ts'))]
}

function transpile(source: string, dir: string): void {
  const { outputText } = ts.transpileModule(readFileSync(join(REPO, source), 'utf8'), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  })
  const target = join(dir, 'dist', source.replace(/\.ts$/, '.js'))
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, outputText)
}
