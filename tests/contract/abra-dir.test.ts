import { lstatSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { createAbraDir } from '../../lib/recipe/abra-dir.js'
import { abraBench } from '../support/abra-bench.js'
import { createStandIn } from '../support/stand-in.js'

t.test('what abra writes into the folder of a run outlives the run', async t => {
  const standIn = await createStandIn('recipe-ci-stand-in/none:1')
  t.teardown(() => standIn[Symbol.asyncDispose]())
  const { dir, open } = await abraBench(t, standIn)
  const own = await createAbraDir(standIn.abraDir, join(dir, 'run', 'abra'))
  await execa('git', ['clone', '--quiet', standIn.recipeDir, join(own.recipes, 'tiny')])
  const abra = await open({}, { abraDir: own.path })
  const made = await abra.appNew(standIn.domain, 'tiny')
  t.ok(made.ok, made.said)
  t.ok(lstatSync(standIn.envFile).isFile(), 'the env file lies where every janitor looks')
  await rm(join(dir, 'run'), { recursive: true })
  t.match(await standIn.readEnv(), `DOMAIN=${standIn.domain}`)
  t.strictSame(readdirSync(join(standIn.abraDir, 'recipes')), ['tiny'], 'nothing else went along')
})
