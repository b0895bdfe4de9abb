import { cpSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Test } from 'tap'
import { ROOT } from './runner.js'

/** What Nix said: `value` of its JSON, or undefined when it refused. */
export type Evaluated<T> = { readonly value: T | undefined; readonly stderr: string }

/** The unit, as the modules give it to NixOS. */
export type Unit = {
  readonly description: string
  readonly after: readonly string[]
  readonly wants: readonly string[]
  readonly requires: readonly string[]
  readonly wantedBy: readonly string[]
  readonly restartIfChanged: boolean
  /** Names of packages. */
  readonly path: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly serviceConfig: Readonly<Record<string, string | number>>
}

/** What tests/nix/eval.nix tells about a host. */
export type Host = {
  /** Messages of the assertions that do not hold. */
  readonly failed: readonly string[]
  readonly settings: string
  readonly installed: readonly string[]
  readonly tmpfiles: readonly string[]
  readonly docker: { readonly enable: boolean; readonly liveRestore: boolean }
  readonly unit: Unit
}

/** Without a daemon, a network or /nix: nothing is built, and store paths are only computed. */
const NO_STORE = ['--store', 'dummy://']
/** A true lib of nixpkgs in place of the stand-in. */
const LIB = process.env['RECIPE_CI_NIXPKGS_LIB']

/** Installs Nix when it is missing. */
export async function needNix(): Promise<void> {
  await execa('sh', [join(ROOT, 'tests/nix/tools')], { stderr: 'inherit' })
}

/** Every file of ours in the Nix language, tests included. */
export function nixFiles(): readonly string[] {
  const below = (dir: string): readonly string[] =>
    readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.nix'))
      .map(name => join(dir, name))
  return ['flake.nix', ...below('nix'), ...below('tests/nix')]
}

export async function parse(files: readonly string[]): Promise<string> {
  const parsed = await execa('nix-instantiate', [...NO_STORE, '--parse', ...files], {
    cwd: ROOT,
    reject: false,
  })
  return parsed.exitCode === 0 ? '' : parsed.stderr
}

/** The modules on a host, with `overrides` (a Nix expression) on top. */
export function evaluateHost(overrides = '{ }'): Promise<Evaluated<Host>> {
  const lib = LIB === undefined || LIB === '' ? [] : ['--arg', 'libPath', LIB]
  return evaluate(['tests/nix/eval.nix', '--arg', 'overrides', overrides, ...lib])
}

export async function evaluate<T>(words: readonly string[]): Promise<Evaluated<T>> {
  const args = [...NO_STORE, '--eval', '--strict', '--json', ...words]
  const { exitCode, stdout, stderr } = await execa('nix-instantiate', args, {
    cwd: ROOT,
    reject: false,
  })
  // What it prints before an error is JSON as well, of a part.
  return { value: exitCode === 0 ? (JSON.parse(stdout) as T) : undefined, stderr }
}

/** What tests/nix/outputs.nix tells about a flake. */
export type Outputs = {
  readonly names: Readonly<Record<string, readonly string[]>>
  readonly paths: { readonly source: string; readonly package: string }
  /** Of the example host. */
  readonly capacity: string
  readonly failed: readonly string[]
}

/** What the flake and the package are made from, and a few things that they must not depend on. */
const COPIED = [
  ...['flake.nix', 'nix', 'bin', 'lib', 'binding.gyp', 'package.json', 'package-lock.json'],
  ...['tsconfig.json', 'esbuild.config.mjs', 'LICENSE', 'docs', 'README.md', 'tests/nix'],
]

/** A copy of the repository, which a test may change. */
export function copyFlake(t: Test): string {
  const dir = join(t.testdir({ flake: {} }), 'flake')
  for (const name of COPIED) {
    mkdirSync(join(dir, name, '..'), { recursive: true })
    cpSync(join(ROOT, name), join(dir, name), { recursive: true })
  }
  return dir
}

/** What a flake offers. */
export async function outputsOf(dir: string): Promise<Outputs> {
  const { value, stderr } = await evaluate<Outputs>([
    ...['tests/nix/outputs.nix', '--arg', 'dir', dir],
  ])
  if (value === undefined) throw new Error(stderr)
  return value
}

/** The package's path as the flake commands of Nix see it: slower, and with a store of its own, which they want. */
export async function packageByFlake(dir: string): Promise<string> {
  const place = join(dir, '..')
  const options = ['--offline', '--no-write-lock-file', '--raw', '--store', join(place, 'store')]
  const nix = ['--extra-experimental-features', 'nix-command flakes', 'eval', ...options]
  const stub = ['--override-input', 'nixpkgs', `path:${join(ROOT, 'tests/nix')}`]
  const words = [...nix, ...stub, `path:${dir}#packages.x86_64-linux.recipe-ci.outPath`]
  return (await execa('nix', words, { env: { HOME: place } })).stdout
}
