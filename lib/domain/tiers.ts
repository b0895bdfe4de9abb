/** The stages of a run, in the order in which they change the app. */
export const TIERS = ['install', 'upgrade', 'backup', 'restore', 'custom'] as const
export type Tier = (typeof TIERS)[number]

/** The ladder, lowest first. */
export const RUNGS = ['install', 'upgrade', 'backup_restore', 'functional', 'lint'] as const
export type Rung = (typeof RUNGS)[number]

/**
 * pass: checked and good. fail: checked and bad. skip: a declared or structural reason.
 * unver: should have been checked, was not.
 */
export type Status = 'pass' | 'fail' | 'skip' | 'unver'

export type Level = 0 | 1 | 2 | 3 | 4 | 5

/** The rung that a tier counts for. */
export const RUNG_OF = {
  install: 'install',
  upgrade: 'upgrade',
  backup: 'backup_restore',
  restore: 'backup_restore',
  custom: 'functional',
} as const satisfies Record<Tier, Rung>
