import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { generateRecipe, generateRecipes, RECIPES } from '../../lab/recipes/generate.js'
import { TINY } from '../../support/stand-in.js'

const IMAGES = { web: 'w:1', notes: 'n:1', postgres: 'p:15', redis: 'r:7' }
const CUSTOM = join(import.meta.dirname, '../../lab/recipes/custom')
const COMPOSE_ENV = {
  STACK_NAME: 'stack',
  DOMAIN: 'stack.example.org',
  SECRET_DB_PASSWORD_VERSION: 'v1',
  NGINX_CONF_VERSION: 'v1',
  INDEX_HTML_VERSION: 'v1',
  NOTES_CONF_VERSION: 'v1',
  PG_BACKUP_VERSION: 'v1',
}

const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-recipes-'))
t.teardown(() => rm(dir, { recursive: true, force: true }))
const recipes = await generateRecipes(join(dir, 'one'), IMAGES)

const git = async (path: string, ...args: readonly string[]) =>
  (await execa('git', ['-C', path, ...args])).stdout

t.test('the same table gives the same commits and tags every time', async t => {
  const again = await generateRecipes(join(dir, 'two'), IMAGES)
  for (const [name, recipe] of recipes) {
    const other = again.get(name)
    t.equal(other?.head, recipe.head, name)
    const refs = ['for-each-ref', '--format=%(refname) %(objectname)']
    t.equal(await git(other?.path ?? '', ...refs), await git(recipe.path, ...refs), name)
  }
})

t.test('a recipe is generated over an older one of its name', async t => {
  const [recipe] = (await generateRecipes(join(dir, 'one'), IMAGES, ['site'])).values()
  t.equal(recipe?.head, recipes.get('site')?.head)
})

t.test('every release is a commit of main, tagged as the table says', async t => {
  for (const spec of RECIPES) {
    const recipe = recipes.get(spec.name)
    const path = recipe?.path ?? ''
    t.equal(recipe?.head, await git(path, 'rev-parse', 'main'))
    for (const [index, { version, tag = 'annotated' }] of spec.releases.entries()) {
      const kind = await git(path, 'for-each-ref', `refs/tags/${version}`, '--format=%(objecttype)')
      t.equal(
        kind,
        { annotated: 'tag', lightweight: 'commit', none: '' }[tag],
        `${spec.name} ${version}`,
      )
      if (tag === 'none') continue
      const commit = await git(path, 'rev-parse', `${version}^{commit}`)
      t.equal(commit, recipe?.releases[index]?.commit)
    }
  }
})

t.test('the compose files of every release are read by Docker, without a marker left', async t => {
  const tree = join(dir, 'tree')
  for (const [name, recipe] of recipes) {
    await execa('git', ['clone', '--quiet', recipe.path, tree])
    for (const { commit, version } of recipe.releases) {
      await git(tree, 'checkout', '--quiet', commit)
      const args = ['stack', 'config', '-c', join(tree, 'compose.yml')]
      const { stdout } = await execa('docker', args, { env: COMPOSE_ENV })
      t.notMatch(stdout, /__[A-Z]/, `${name} ${version}`)
      t.match(stdout, 'coop-cloud.stack.version: ')
    }
    await rm(tree, { recursive: true })
  }
})

t.test('release notes of earlier releases are kept', async t => {
  const path = recipes.get('notes')?.path ?? ''
  const notes = await git(path, 'ls-tree', '--name-only', 'main', 'release/')
  t.same(notes.split('\n'), ['release/.git-keep-me', 'release/1.1.0+1.1', 'release/2.0.0+2.0'])
})

t.test('an edit is taken letter by letter, dollars too', async t => {
  const compose = await git(recipes.get('odd-eager')?.path ?? '', 'show', 'main:compose.yml')
  t.ok(compose.includes('/dev/tcp/$${DATABASE_HOST}/5432'))
})

t.test('an edit that finds nothing and a marker that nobody knows are refused', async t => {
  const wrong = (from: string, to: string) => ({
    ...TINY,
    releases: [{ ...TINY.releases[0], edits: [{ file: 'compose.yml', from, to }] }] as const,
  })
  const place = { targetDir: join(dir, 'wrong'), images: IMAGES }
  await t.rejects(generateRecipe(wrong('no such text', ''), place), /Cannot edit compose\.yml/)
  await t.rejects(generateRecipe(wrong('3.8', '__NOTHING__'), place), /Cannot fill in __NOTHING__/)
  await t.rejects(generateRecipes(dir, IMAGES, ['nobody']), /Cannot generate "nobody"/)
})

t.test(
  'what is kept beside a recipe belongs to a recipe of the table, and its tests can run',
  async t => {
    const files = await readdir(CUSTOM, { recursive: true, encoding: 'utf8' })
    for (const name of await readdir(CUSTOM)) t.ok(recipes.has(name), name)
    const scripts = files.filter(file => /^[^/]+\/custom\/[^/]+\.sh$/.test(file))
    t.ok(scripts.length > 0)
    for (const script of scripts) {
      t.match(await readFile(join(CUSTOM, script), 'utf8'), /^#!\/bin\/sh\n/)
      t.ok(((await stat(join(CUSTOM, script))).mode & 0o111) !== 0, script)
    }
  },
)
