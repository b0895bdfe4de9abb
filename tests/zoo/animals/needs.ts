import { fault, inCompose, meta, only, red, type Animal, type Expected } from '../animal.js'

const SAY = (lines: string): string => `#!/bin/sh\n${lines}\n`
/** The app itself is tested all the same, and its run is red. */
const without = (says: RegExp): Expected => ({
  ...red('functional', 'dependency_unverified', says),
  rungs: { install: 'pass' },
})

/** Recipes that need another one, and what a run must not keep quiet about. */
export const NEEDS: readonly Animal[] = [
  {
    name: 'needs-bad',
    about: 'declares a dependency that never gets healthy',
    releases: only('site', []),
    custom: meta('DEPS: [bad-install]'),
    expected: without(/"bad-install" was not verified[^]*health check/),
  },
  {
    name: 'needs-nobody',
    about: 'declares a dependency that no recipe is called',
    releases: only('site', []),
    custom: meta('DEPS: [nowhere]'),
    expected: without(/"nowhere"/),
  },
  {
    name: 'needs-skipped',
    about: 'its dependency is up, and the test that needs it is skipped beside one that passes',
    releases: only('site', []),
    custom: {
      ...meta('DEPS: [kv]'),
      'custom/login.sh': SAY('echo "kv has no account for us"; exit 77'),
      'custom/page.sh': SAY('exit 0'),
    },
    expected: {
      ...without(/"kv" was not verified/),
      rungs: { install: 'pass', functional: 'pass' },
      check: { name: /login/, status: 'skip' },
    },
  },
  {
    name: 'needs-limited',
    about: 'the registry hands out no more images for its dependency: no word on either',
    releases: only('site', []),
    beside: [
      {
        name: 'limited',
        about: 'its image is behind a limit',
        releases: only('site', [inCompose('__IMAGE_WEB__', '__IMAGE_LIMITED__')]),
      },
    ],
    custom: meta('DEPS: [limited]'),
    expected: fault('pull_limited', /"limited"/),
  },
]
