import process from 'node:process'
import { Fatal } from './log.mjs'

// Each row is a point where abra's versions differ, or are not known for sure. The first form is the default: the one
// that the newest version would have. README.md documents all of them; a test compares the two lists.
// prettier-ignore
export const BEHAVIOURS = {
  TREE:             ['ensure', 'ignore'],      // commands other than deploy, without --chaos
  VERSION_CHAOS:    ['fatal', 'accept'],       // a version together with --chaos
  CHAOS_ENV:        ['fatal', 'use'],          // the .env holds a chaos version (+U), no --chaos
  CHAOS_FETCH:      ['fetch', 'never'],        // --chaos without --offline
  LABELS:           ['app', 'every'],          // which services get abra's labels
  EXPOSE_ENV:       ['app', 'every', 'none'],  // which services get the .env as environment
  TERMINAL:         ['stdin', 'stdout'],       // where a terminal is looked for
  TABLE_WIDTH:      ['ask', 'never'],          // does a table ask the terminal for its width
  WAIT_TERMINAL:    ['needs', 'without'],      // does the wait during deploy need a terminal
  WAIT_CALM:        ['monitor', 'none'],       // does the wait want the update monitor's time of calm
  WAIT_START:       ['impatient', 'patient'],  // what the wait does with a start_period
  WAIT_STALE:       ['fatal', 'ignore'],       // a paused or rolled back update from before
  TIMEOUT:          ['50', '300'],             // seconds to wait without a timeout label
  ALL_SECRETS_EXIST:['fail', 'ok'],            // secret generate --all when every secret exists
  NO_SECRETS:       ['fail', 'ok'],            // secret generate --all for a recipe without secrets
  UNDEPLOY:         ['wait', 'return'],        // does undeploy wait until the tasks are gone
  VOLUME_IN_USE:    ['retry', 'fatal'],        // volume remove while a volume is in use
  REMOVE:           ['whole', 'half'],         // app remove stops after the secrets
  UNDEPLOY_ABSENT:  ['fatal', 'ok'],           // undeploy when no service is left
  REMOVE_ABSENT:    ['ok', 'fatal'],           // remove when no service is left
  LINT_TREE:        ['main', 'tree'],          // recipe lint without --chaos
  NEW_VERSION:      ['move', 'leave'],         // app new with a version: the tree
  FAILED_TYPE:      ['unchanged', 'written'],  // TYPE in the .env after a failed deploy
  LOCAL_IMAGE:      ['warn', 'silent'],        // images that no registry has
  DOMAIN_CHECK:     ['resolve', 'skip'],       // the domain check of the server "default"
  STACK_CUT:        ['45', 'none'],            // length of a stack name
  RESTORE_SNAPSHOT: ['latest', 'flag'],        // does restore take --snapshot
  RESTORE_HOOKS:    ['always', 'flag'],        // do the recipe's hooks run without --hooks
}

/** The form in force: `ABRA_STANDIN_<name>`, else the default. */
export function behaviour(name) {
  const forms = BEHAVIOURS[name]
  const chosen = process.env[`ABRA_STANDIN_${name}`] || forms[0]
  if (!forms.includes(chosen)) {
    throw new Fatal(`ABRA_STANDIN_${name} must be one of ${forms.join(', ')}: it is "${chosen}"`)
  }
  return chosen
}
