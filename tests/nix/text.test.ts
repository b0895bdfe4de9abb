import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { needNix, nixFiles, parse } from '../support/nix.js'
import { ROOT } from '../support/runner.js'

await needNix()
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const ours = nixFiles().filter(file => !file.startsWith('tests/'))

t.test('every file parses, and none names what does not exist', async t => {
  t.equal(await parse(nixFiles()), '')
})

t.test("the runner's capacity is set in one place, from maxTests", async t => {
  const sets = ours.flatMap(file =>
    read(file)
      .split('\n')
      .filter(line => /DRONE_RUNNER_CAPACITY\s*=[^=]/.test(line) && !/["$]DRONE/.test(line))
      .map(line => `${file}: ${line.trim()}`),
  )
  t.strictSame(sets, ['nix/modules/drone-runner.nix: DRONE_RUNNER_CAPACITY = capacity;'])
  t.match(read('nix/modules/drone-runner.nix'), 'capacity = toString cfg.maxTests;')
  t.notMatch(read('.drone.yml'), /^\s*concurrency:/m)
})

t.test('no folder is emptied by tmpfiles, and no lock lies in a RuntimeDirectory', async t => {
  for (const file of ours) {
    t.notMatch(read(file), /"[DR]!? \S+ /, file)
    t.notMatch(read(file), /RuntimeDirectory\s*=/, file)
  }
})

t.test('the flake stays at the root, and no hash is invented', async t => {
  t.ok(existsSync(join(ROOT, 'flake.nix')))
  for (const file of ours) {
    t.notMatch(read(file), /sha(256|512)-|sha256\s*=|narHash/, `${file}: only the lock of npm has hashes`)
  }
  t.match(read('nix/packages/abra.nix'), /To be filled on the host: "nix build \.#abra"/)
})
