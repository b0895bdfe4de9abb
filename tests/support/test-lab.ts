import { closeLab, openLab, type Lab } from '../lab/lab.js'

const HANDED_OVER = 'RECIPE_CI_TEST_LAB'

/** The lab of this `npm test`; by hand (one file with tap) the default lab, which then stays up. */
export async function testLab(): Promise<Lab> {
  const given = process.env[HANDED_OVER]
  return given === undefined ? openLab('default', () => undefined) : (JSON.parse(given) as Lab)
}

/** A lab for one `npm test`, so that two of them never share one, and what hands it to the tests. */
export type SuiteLab = {
  readonly env: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

export async function openSuiteLab(log: (line: string) => void): Promise<SuiteLab> {
  const lab = await openLab(`tests-${process.pid}`, log)
  return {
    env: {
      [HANDED_OVER]: JSON.stringify(lab),
      ...(lab.dockerHost === '' ? {} : { DOCKER_HOST: lab.dockerHost }),
    },
    close: () => closeLab(lab.name, log),
  }
}
