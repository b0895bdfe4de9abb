import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CRASH_POINTS } from '../../domain/crash-points.js'
import type { SelftestRequest } from '../../domain/request.js'
import { UsageFault } from '../../errors.js'
import { SELFTEST } from '../line/asked-selftest.js'
import { ASKED } from '../line/asked.js'
import { readConfig, type Surroundings } from './host-config.js'
import { readOption, type Sources } from '../line/read-option.js'
import { LAB_SCRIPT } from './selftest-lab.js'

/** Two self-tests beside each other use two apps. */
const MOST_PR = 1e9

/** @throws UsageFault for anything malformed, and where the lab is wanted and is not there. */
export function readSelftestRequest(sources: Sources, around: Surroundings): SelftestRequest {
  const asked = readOption(SELFTEST.points, sources)
  const json = readOption(ASKED.json, sources) ?? false
  const image = readOption(SELFTEST.image, sources)
  const onThisHost = readOption(SELFTEST.onThisHost, sources) ?? false
  if (!onThisHost) {
    demandLab(around)
    const words = [
      ...(asked === undefined ? [] : ['--points', asked.join(',')]),
      ...(image === undefined ? [] : ['--image', image]),
      ...(json ? ['--json'] : []),
    ]
    return Object.freeze({ where: 'lab', words })
  }
  return Object.freeze({
    where: 'host',
    points: asked ?? CRASH_POINTS.map(({ name }) => name),
    chosen: asked !== undefined,
    json,
    image: image ?? SELFTEST.image.standard,
    pr: around.pid % MOST_PR,
    cwd: around.cwd,
    configFile: sources.configPath,
    config: readConfig(sources, around),
  })
}

function demandLab({ installDir }: Surroundings): void {
  if (existsSync(join(installDir, LAB_SCRIPT))) return
  throw new UsageFault(
    'Cannot bring up a lab: this install is no checkout of the source',
    'Add --on-this-host to use this host as it is configured, or start it in a checkout',
  )
}
