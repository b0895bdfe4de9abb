import { accessSync, constants, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { COMMANDS } from '../../lib/cli/line/commands.js'
import { SOAK } from '../support/lives/processes.js'
import { runtimePackages } from '../support/licences.js'
import { otherNode, OWN_NODE } from '../support/nodes.js'
import { installGlobally, pack } from '../support/packed.js'
import { ROOT } from '../support/runner.js'

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string
}
const dir = t.testdir({})
const { tarball, files } = await pack(dir)

t.test('the package holds the program, its docs and nothing else', async t => {
  const kinds = [
    /^bin\/(recipe-ci|step)$/,
    /^dist\/lib\/.*\.js$/,
    /^docs\/.*\.(md|svg|png)$/,
    /^lib\/selftest\/(custom|recipe)\//,
    /^lib\/lifetime\/native\/(link-flags|recipe-ci-guard\.c)$/,
    /^(package\.json|binding\.gyp|LICENSE|README\.md|CHANGELOG\.md)$/,
  ]
  const others = files.map(({ path }) => path).filter(path => !kinds.some(kind => kind.test(path)))
  t.strictSame(others, [])
  for (const { path, mode } of files) {
    if (path.startsWith('bin/')) t.equal(mode & 0o111, 0o111, `${path} can be run`)
  }
})

t.test('dist holds what the sources give, and nothing of an older build', async t => {
  const built = files.map(({ path }) => path).filter(path => path.startsWith('dist/'))
  const { stdout } = await execa('node', ['esbuild.config.mjs', '--list'], { cwd: ROOT })
  t.strictSame(built.sort(), stdout.split('\n'))
})

t.test('fewer than 45 packages come along', async t => {
  t.ok(new Set(runtimePackages().map(({ name }) => name)).size < 45)
})

/** The long form takes the other Nodes that package.json admits as well. */
const nodes = { 'the Node of this machine': OWN_NODE } as Record<string, string>
if (SOAK) for (const major of ['22', '24']) nodes[`Node ${major}`] = await otherNode(major)

for (const [name, node] of Object.entries(nodes)) {
  t.test(`installed globally, in a home of its own, it runs on ${name}`, async t => {
    const place = join(dir, name.replaceAll(' ', '-'))
    mkdirSync(place)
    const installed = await installGlobally(tarball, place, node)
    const run = (...words: string[]) =>
      execa('recipe-ci', words, { env: installed.env, extendEnv: false, reject: false })

    t.equal((await run('--version')).stdout, version)
    const help = await run('--help')
    t.equal(help.exitCode, 0, help.stderr)
    for (const command of Object.keys(COMMANDS)) t.match(help.stdout, command)

    const wrong = await run('janitor', '--nonsense')
    t.equal(wrong.exitCode, 2)
    t.match(wrong.stderr, /--nonsense/)
    t.notMatch(wrong.stderr, /setpriv stands in/, 'the native guard was built, and is used')
    accessSync(join(installed.dir, 'build/Release/recipe-ci-guard'), constants.X_OK)

    const helper = 'import("recipe-ci/test").then(m => console.log(typeof m.app.fetch))'
    const inside = { env: installed.env, extendEnv: false, cwd: installed.dir }
    t.equal((await execa('node', ['-e', helper], inside)).stdout, 'function')
    const bytes = sizeOf(installed.dir)
    t.ok(bytes < 6_000_000, `${bytes} bytes on disk`)
    t.comment(`${name}: ${bytes} bytes`)
  })
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0)
}
