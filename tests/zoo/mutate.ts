/**
 * npm run mutate [-- WORD…]: switches off one assertion at a time in a copy of the program and runs the animal, or for a
 * pure decider the unit test, that must notice. Prints one line each; ends red when nobody noticed, or when an assertion is
 * no longer where its row says. A word chooses the rows that contain it.
 */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { closeLab, openLab } from '../lab/lab.js'
import type { Animal } from './animal.js'
import { animalsNamed } from './animals/all.js'
import { crowd } from './crowd.js'
import { mutate, type Mutant } from './mutant.js'
import { MUTANTS } from './mutants.js'
import { openPlace, type Place } from './place.js'
import { house, runAnimal } from './run-animal.js'

const ROOT = join(import.meta.dirname, '../..')
const JOBS = 5
/** What a program is built from. */
const PROGRAM = ['bin', 'lib', 'build', 'package.json', 'esbuild.config.mjs']
const words = process.argv.slice(2)
const chosen = MUTANTS.filter(
  ({ check, by }) =>
    words.length === 0 || words.some(word => `${check} ${Object.values(by).join()}`.includes(word)),
)
const names = new Set(chosen.flatMap(({ by }) => ('animal' in by ? [by.animal] : [])))
const animals = animalsNamed([...names]).map(hurried)
const unnoticed: string[] = []

/** Where a doomed deploy is not seen any more, the time-out must not take ten minutes. */
function hurried(animal: Animal): Animal {
  const meta = animal.custom?.['recipe-ci.yml'] ?? ''
  if (meta.includes('DEPLOY_TIMEOUT')) return animal
  return {
    ...animal,
    custom: { ...animal.custom, 'recipe-ci.yml': `${meta}DEPLOY_TIMEOUT: 120\n` },
  }
}

/** A copy of the program with one assertion switched off. */
async function copyOf(mutant: Mutant, dir: string): Promise<void> {
  const source = mutate(await readFile(join(ROOT, mutant.file), 'utf8'), mutant)
  const parts = 'test' in mutant.by ? ['lib', 'tests', 'package.json'] : PROGRAM
  for (const part of parts) await cp(join(ROOT, part), join(dir, part), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
  if ('test' in mutant.by && (await runTest(dir, mutant.by.test)) !== '')
    throw new Error('The test fails without it too')
  await writeFile(join(dir, mutant.file), source)
  if ('animal' in mutant.by) await execa('npm', ['run', '--silent', 'build'], { cwd: dir })
}

/** Runs a test file of a copy; its first failed point, empty when there is none. */
async function runTest(dir: string, test: string): Promise<string> {
  const options = { cwd: dir, reject: false, env: { TAP: '1' } } as const
  const { failed, stdout } = await execa('node', ['--import', 'tsx', test], options)
  return failed ? (/^ *not ok \d+ - (.*)$/m.exec(stdout)?.[1] ?? 'it died') : ''
}

/** What was noticed, in a few words; empty: nothing. */
async function noticed(
  place: Place | undefined,
  { by }: Mutant,
  { dir, id }: { dir: string; id: string },
) {
  if ('test' in by) return runTest(dir, by.test)
  const animal = animals.find(each => each.name === by.animal)
  if (animal === undefined || place === undefined) return ''
  const { wrongs } = await runAnimal(place, animal, { id, cli: join(dir, 'bin/recipe-ci') })
  return wrongs.join('; ').replace(/\s+/g, ' ').slice(0, 90)
}

async function check(place: Place | undefined, mutant: Mutant, id: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-mutant-'))
  const who = Object.values(mutant.by).join('')
  try {
    await copyOf(mutant, dir)
    const found = await noticed(place, mutant, { dir, id })
    if (found === '') unnoticed.push(mutant.check)
    console.log(
      `${found === '' ? 'NOT NOTICED' : 'noticed'}  ${mutant.check}\n    by ${who}: ${found}`,
    )
  } catch (error) {
    unnoticed.push(mutant.check)
    console.log(`NOT APPLIED  ${String(error)}`)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Unit tests need no lab. */
async function checkPure(mutants: readonly (readonly [number, Mutant])[]): Promise<void> {
  await crowd(mutants, JOBS, ([number, mutant]) => check(undefined, mutant, `mutant-${number}`))
}

async function checkInLab(mutants: readonly (readonly [number, Mutant])[]): Promise<void> {
  if (mutants.length === 0) return
  const name = `mutants-${process.pid}`
  const lab = await openLab(name, console.log)
  try {
    await using place = await openPlace(lab, animals)
    for (const animal of animals) await house(place, animal)
    await crowd(mutants, JOBS, ([number, mutant]) => check(place, mutant, `mutant-${number}`))
  } finally {
    await closeLab(name, console.log)
  }
}

const numbered = [...chosen.entries()]
await checkPure(numbered.filter(([, { by }]) => 'test' in by))
await checkInLab(numbered.filter(([, { by }]) => 'animal' in by))
console.log(`\n${chosen.length - unnoticed.length} noticed, ${unnoticed.length} not`)
for (const each of unnoticed) console.log(`not noticed: ${each}`)
process.exitCode = unnoticed.length > 0 || chosen.length === 0 ? 1 : 0
