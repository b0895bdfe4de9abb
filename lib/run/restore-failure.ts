import type { Cause } from '../domain/cause.js'
import { deployFailure, IS_THERE, type Said } from './deploy-failure.js'

/** Bots that log JSON escape the ends of a hook's lines. */
const LINE_END = /\r?\n|(?:\\r)?\\n/

const EMPTY_FIRST =
  'Make the dump drop what it replaces ("pg_dump --clean --if-exists", "mysqldump --add-drop-table", "mongorestore --drop"), or empty the database before loading it'

/** Why a restore command failed: its hook met the data that it should have replaced, or something else. */
export function restoreFailure(answer: Said & { readonly output: string }): Cause {
  const met = answer.output.split(LINE_END).find(line => IS_THERE.test(line))
  if (met === undefined) return deployFailure('app restore', answer, 'restore_lost')
  return {
    class: 'restore_not_in_place',
    sentence:
      'The restore failed on data that is there already: it works only on an empty database',
    evidence: met.trim().slice(0, 500),
    fix: EMPTY_FIRST,
  }
}

/** What it means that the same snapshot, restored into emptied volumes, brings the data back. */
export const ONLY_WHEN_EMPTY: Cause = {
  class: 'restore_not_in_place',
  sentence:
    'The restore brings the data back only where nothing is: in place it did not replace it',
  evidence: 'the same snapshot, restored into emptied volumes, brought all of it back',
  fix: EMPTY_FIRST,
}
