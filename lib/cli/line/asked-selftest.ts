import { option } from './option.js'
import {
  parseBoolean,
  parseCrashPoint,
  parseCrashPoints,
  parseImage,
  parsePath,
} from './parsers.js'

/** What the self-test is asked for, and what it tells the processes that it starts. */
export const SELFTEST = {
  points: option({
    flags: '--points <list>',
    env: ['RECIPE_CI_SELFTEST_POINTS'],
    parse: parseCrashPoints,
    standard: 'all',
    help: 'comma list of crash points',
  }),
  onThisHost: option({
    flags: '--on-this-host',
    env: ['RECIPE_CI_SELFTEST_ON_THIS_HOST'],
    parse: parseBoolean,
    standard: 'off',
    help: 'use this host as it is configured, in place of a lab',
  }),
  image: option({
    flags: '--image <image>',
    env: ['RECIPE_CI_SELFTEST_IMAGE'],
    parse: parseImage,
    standard: 'busybox:1.37.0',
    help: "of the self-test's own recipe: one with a shell, and busybox httpd, python3 or nginx",
  }),
  crashAt: option({
    env: ['RECIPE_CI_CRASH_AT'],
    parse: parseCrashPoint,
    standard: 'none',
    help: 'for the self-test: the crash point at which the process kills itself',
  }),
  crashLog: option({
    env: ['RECIPE_CI_CRASH_LOG'],
    parse: parsePath,
    standard: 'none',
    help: 'for the self-test: the file that each crash point is appended to',
  }),
}
