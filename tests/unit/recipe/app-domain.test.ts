import t from 'tap'
import { parseAppDomain, stackOf } from '../../../lib/domain/names.js'
import { UsageFault } from '../../../lib/errors.js'
import { appDomain, dependencyDomain, longNames } from '../../../lib/recipe/app-domain.js'

const SUFFIX = 'ci.example.org'

// The hashes are those of sha256sum over the text beside them.
const DOMAINS = [
  [{ recipe: 'ghost', pr: 0, ref: undefined }, 'ghos-a2a8e5.ci.example.org', 'ghost|0|'],
  [{ recipe: 'ghost', pr: 0, ref: '' }, 'ghos-a2a8e5.ci.example.org', 'ghost|0|'],
  [{ recipe: 'ghost', pr: 12, ref: 'main' }, 'ghos-6a847c.ci.example.org', 'ghost|12|main'],
] as const

t.test('a domain is four characters of the recipe and six digits of what was asked', async t => {
  for (const [identity, domain, hashed] of DOMAINS)
    t.equal(appDomain(identity, SUFFIX), domain, hashed)
  t.match(appDomain({ recipe: 'a-b_c.d', pr: 0, ref: 'x' }, SUFFIX), /^abcd-[0-9a-f]{6}\./)
  t.match(appDomain({ recipe: 'x', pr: 0, ref: 'x' }, SUFFIX), /^x-[0-9a-f]{6}\./)
})

t.test('a canonical is never a run app, even when its recipe reads as six hex digits', async t => {
  for (const recipe of ['facade', 'decade', 'deface', '000000'])
    t.equal(parseAppDomain(`warm-${recipe}.${SUFFIX}`, SUFFIX), undefined, recipe)
  t.ok(parseAppDomain(`war-facade.${SUFFIX}`, SUFFIX))
})

t.test('a recipe whose name begins with warm gets an app that is no canonical', async t => {
  for (const recipe of ['warm', 'warmup', 'Warm-er', 'w.a.r.m'])
    t.match(appDomain({ recipe, pr: 0, ref: '' }, SUFFIX), /^war-[0-9a-f]{6}\./, recipe)
  t.match(
    dependencyDomain('warmer', { recipe: 'ghost', pr: 0, ref: '' }, SUFFIX),
    /^war-[0-9a-f]{6}\./,
  )
  t.match(appDomain({ recipe: 'wark', pr: 0, ref: '' }, SUFFIX), /^wark-/)
})

t.test('a dependency has a domain of its own for each app that needs it', async t => {
  const identity = { recipe: 'ghost', pr: 12, ref: 'main' }
  t.equal(dependencyDomain('redis', identity, SUFFIX), 'redi-8b83d8.ci.example.org')
  t.not(
    dependencyDomain('redis', identity, SUFFIX),
    appDomain({ ...identity, recipe: 'redis' }, SUFFIX),
  )
  t.throws(() => dependencyDomain('ghost', identity, SUFFIX), UsageFault, 'never itself')
})

t.test('a recipe without a letter or digit has no domain', async t => {
  t.throws(() => appDomain({ recipe: '-._', pr: 0, ref: '' }, SUFFIX), UsageFault)
})

t.test('a name over 64 characters is found, one of 64 is not', async t => {
  const stack = stackOf(appDomain({ recipe: 'ghost', pr: 0, ref: '' }, SUFFIX))
  const fits = `${stack}_${'x'.repeat(64 - stack.length - 1)}`
  const names = [
    { kind: 'secret', name: fits },
    { kind: 'config', name: `${fits}y` },
  ] as const
  t.strictSame(longNames(names), [{ kind: 'config', name: `${fits}y`, length: 65 }])
})
