import { readFileSync } from 'node:fs'
import t from 'tap'
import { parseAllDocuments } from 'yaml'

type Pipeline = {
  readonly kind: string
  readonly type: string
  readonly name: string
  readonly platform: { readonly os: string; readonly arch: string }
  readonly trigger: { readonly event: readonly string[] }
  readonly concurrency?: unknown
  readonly steps: readonly {
    readonly environment: Readonly<Record<string, string>>
    readonly commands: readonly string[]
  }[]
}

const text = readFileSync(new URL('../../.drone.yml', import.meta.url), 'utf8')
const pipelines = parseAllDocuments(text)
  .map(document => document.toJS() as Pipeline | null)
  .filter(pipeline => pipeline !== null)

t.test('there are two pipelines: pushes test the harness, custom builds test a recipe', async t => {
  t.strictSame(
    pipelines.map(({ name, trigger }) => [name, trigger.event]),
    [
      ['self-test', ['push']],
      ['recipe-ci', ['custom']],
    ],
  )
  for (const { kind, type, platform } of pipelines) {
    t.strictSame({ kind, type, os: platform.os }, { kind: 'pipeline', type: 'exec', os: 'linux' })
  }
})

t.test("the runner's capacity is the only limit: no pipeline has one of its own", async t => {
  for (const pipeline of pipelines) t.equal(pipeline.concurrency, undefined)
  t.notMatch(text, /^\s*concurrency:/m)
})

t.test('each step is one line that execs a file of the project', async t => {
  t.strictSame(
    pipelines.map(({ steps }) => steps.map(({ commands }) => commands)),
    [[['exec sh .ci/run']], [['exec sh bin/step run']]],
  )
})

t.test("each step has root's home and no inherited Node options", async t => {
  for (const { environment } of pipelines.flatMap(({ steps }) => steps)) {
    t.strictSame(environment, { HOME: '/root', NODE_OPTIONS: '' })
  }
})

t.test('nothing in the file is substituted by Drone or run by its log line', async t => {
  t.notMatch(text, /\$\{/, 'Drone replaces it in the whole file, comments included')
  t.notMatch(text, '`', 'the echo of a command runs it')
})
