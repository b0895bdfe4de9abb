import process from 'node:process'

/** What abra ends with: one line at level FATA on stderr, and exit status 1. */
export class Fatal extends Error {}

/** Exit status 1 after a warning, without a line of its own. */
export class Failed extends Fatal {}

export const BANNER = 'This is the stand-in for abra, made for tests: it is not the real program.'

/** stdout carries what was asked for; everything else goes to stderr, as in abra. */
export const print = text => process.stdout.write(`${text}\n`)
export const info = text => process.stderr.write(`INFO ${text}\n`)
export const warn = text => process.stderr.write(`WARN ${text}\n`)
export const fatal = text => process.stderr.write(`FATA ${text}\n`)
