import type { CustomFile } from '../recipe/customisation.js'
import { parseVersion, sameVersion } from '../recipe/versions.js'
import type { Base } from './prepared-app.js'

/** The name of a repair in the checkout of the base; last in COMPOSE_FILE there, and in no other deploy. */
export const REPAIR_FILE = 'compose.previous.yml'

/** Which repair is for the base, and what is to be said about the others. */
export type RepairChoice = {
  readonly repair: CustomFile | undefined
  readonly remarks: readonly string[]
}

/**
 * A repair is a compose file named after the one version it is for: `previous/1.4.0+2.1.yml`. Bound to that name it can
 * never outlive its purpose unseen: one for another version is flagged and ignored. Of two for the same version the
 * operator's, which comes first, wins.
 */
export function chooseRepair(files: readonly CustomFile[], base: Base | undefined): RepairChoice {
  const version = base?.version
  const fits = (file: CustomFile): boolean => {
    const meant = versionIn(file)
    return meant !== undefined && version !== undefined && sameVersion(meant, version)
  }
  const repair = files.find(fits)
  const remarks = files.filter(file => !fits(file)).map(file => remark(file, base))
  if (repair === undefined) return { repair, remarks }
  const used = `The base ${version ?? ''} is repaired by previous/${repair.name}: the upgrade does not start from exactly what was published`
  return { repair, remarks: [used, ...remarks] }
}

function remark(file: CustomFile, base: Base | undefined): string {
  const meant = versionIn(file)
  if (meant === undefined)
    return `"${file.path}" is ignored: it is not named after a version, as in previous/1.4.0+2.1.yml`
  const now = base === undefined ? 'there is no base' : `the base is ${base.version ?? base.commit}`
  return `"${file.path}" is stale and ignored: it repairs ${meant}, and ${now}`
}

function versionIn({ name }: CustomFile): string | undefined {
  return parseVersion(/^(.+)\.ya?ml$/.exec(name)?.[1] ?? '')?.text
}
