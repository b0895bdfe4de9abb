import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { copyFlake, needNix, outputsOf, packageByFlake } from '../support/nix.js'

await needNix()

/** All that hosts may refer to. */
const NAMES = {
  packages: ['abra', 'default', 'recipe-ci'],
  nixosModules: ['default', 'drone-runner', 'recipe-ci'],
  nixosConfigurations: ['example'],
  formatter: ['aarch64-linux', 'x86_64-linux'],
}

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

t.test('the names that hosts refer to', async t => {
  t.strictSame((await outputsOf(copyFlake(t))).names, NAMES)
})

t.test('the example host is fit, and has its one knob', async t => {
  const { capacity, failed } = await outputsOf(copyFlake(t))
  t.equal(capacity, '2')
  t.strictSame(failed, [])
})

t.test('the flake commands of Nix see the same package', async t => {
  const dir = copyFlake(t)
  const { paths } = await outputsOf(dir)
  t.equal(await packageByFlake(dir), paths.package)
})

t.test('moving the modules changes neither a name nor the package', async t => {
  const dir = copyFlake(t)
  const before = await outputsOf(dir)
  mkdirSync(join(dir, 'nix/parts'))
  renameSync(join(dir, 'nix/modules'), join(dir, 'nix/parts/host'))
  edit(join(dir, 'flake.nix'), text => text.replaceAll('./nix/modules/', './nix/parts/host/'))
  for (const module of ['recipe-ci', 'drone-runner']) {
    edit(join(dir, `nix/parts/host/${module}.nix`), text => text.replaceAll('../', '../../'))
  }
  t.strictSame(await outputsOf(dir), before)
})

t.test("an edit in docs, tests or nix leaves the package's store path as it is", async t => {
  const dir = copyFlake(t)
  const { paths } = await outputsOf(dir)
  appendFileSync(join(dir, 'README.md'), 'x\n')
  appendFileSync(join(dir, 'docs/operating.md'), 'x\n')
  for (const file of ['nix/modules/recipe-ci.nix', 'nix/source.nix', 'tests/nix/eval.nix']) {
    appendFileSync(join(dir, file), '# x\n')
  }
  appendFileSync(join(dir, 'flake.nix'), '# x\n')
  writeFileSync(join(dir, 'tests/new.test.ts'), '')
  writeFileSync(join(dir, 'nix/new.nix'), '{ }\n')
  t.strictSame((await outputsOf(dir)).paths, paths)
})

t.test('an edit in what the package is made from changes it', async t => {
  const dir = copyFlake(t)
  const seen = [(await outputsOf(dir)).paths]
  for (const file of ['lib/errors.ts', 'bin/step', 'binding.gyp', 'esbuild.config.mjs']) {
    appendFileSync(join(dir, file), '\n')
    seen.push((await outputsOf(dir)).paths)
  }
  t.equal(new Set(seen.map(({ source }) => source)).size, seen.length)
  t.equal(new Set(seen.map(paths => paths.package)).size, seen.length)
})
