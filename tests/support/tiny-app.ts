import { randomBytes } from 'node:crypto'
import { execa } from 'execa'
import type { Test } from 'tap'
import type { RecipeSpec } from '../lab/recipes/recipe-spec.js'
import { importBoxImage } from './box-image.js'
import { createStandIn, removeStack, type Called, type StandIn } from './stand-in.js'

/** A stand-in with an image that runs, whose stack and image are removed at the end of the test. */
export async function openTinyApp(t: Test, spec?: RecipeSpec): Promise<StandIn> {
  const image = `recipe-ci-stand-in/box:${randomBytes(4).toString('hex')}`
  t.teardown(() => execa('docker', ['image', 'rm', '-f', image], { reject: false }))
  await importBoxImage(image)
  const standIn = await createStandIn(image, spec)
  t.teardown(() => standIn[Symbol.asyncDispose]())
  t.teardown(() => removeStack(standIn.stack))
  return standIn
}

/** Makes the app and its secret, without moving the tree from its head. */
export async function makeApp(standIn: StandIn): Promise<void> {
  const args = ['app', 'new', standIn.domain.split('-')[0] ?? '', '-D', standIn.domain, '-n', '-o']
  await expectOk(standIn.abra([...args, '-C']))
  const generate = ['app', 'secret', 'generate', standIn.domain, '--all', '-m', '-n', '-o', '-C']
  await expectOk(standIn.abra(generate))
}

/** A deploy as a harness would do it: chaos, no wait of abra's own. */
export const chaosDeploy = (standIn: StandIn, env = {}): Promise<Called> =>
  standIn.abra(['app', 'deploy', standIn.domain, '-C', '-o', '-n', '-c', '-D'], { env })

export async function expectOk(calling: Promise<Called>): Promise<Called> {
  const called = await calling
  if (called.code !== 0) throw new Error(`abra failed: ${called.stderr}${called.stdout}`)
  return called
}

/** What the engine says of a service. */
export async function inspectService(name: string): Promise<{
  readonly Spec: {
    readonly Labels: Readonly<Record<string, string>>
    readonly TaskTemplate: { readonly ContainerSpec: { readonly Env?: readonly string[] } }
  }
}> {
  const { stdout } = await execa('docker', ['service', 'inspect', name, '--format', '{{json .}}'])
  return JSON.parse(stdout) as Awaited<ReturnType<typeof inspectService>>
}

/** The names of what a listing of docker's shows of a stack. */
export async function namesOf(kind: string, stack: string): Promise<readonly string[]> {
  const { stdout } = await execa('docker', [kind, 'ls', '--format', '{{.Name}}'])
  return stdout.split('\n').filter(name => name.startsWith(`${stack}_`))
}
