import type { Env } from '../domain/env.js'

/** Who the environment is for: each kind loses what could turn against it or us. */
export type ChildKind = 'abra' | 'git' | 'docker' | 'hook'

/** Loads code into, or redirects, any interpreter or dynamic program that a child may be. */
const CODE_LOADING = /^(NODE_.*|LD_.*|BASH_ENV|ENV|SHELLOPTS|PYTHON.*|PERL5.*)$/

/** Between launcher and harness only: a harness started by a child must find its own parent. */
const OURS = /^RECIPE_CI_(SUPERVISOR|EXPECTED_PARENT|CRASH_AT|CRASH_LOG)$/

/** Names under which people and CI servers keep secrets. An agent's socket opens what its keys open. */
const SECRET =
  /(TOKEN|SECRET|PASSW(OR)?D|PASSPHRASE|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SSH_AUTH_SOCK|GPG_AGENT_INFO|NETRC|AUTH_CONFIG|(^|_)(PAT|PASS|PWD|AUTH|KEY)$)/i

/** The shell's own, or an address: they look like secrets by name and are none. */
const NOT_SECRET = /^(PWD|OLDPWD)$/

const DROPPED: Readonly<Record<ChildKind, readonly RegExp[]>> = {
  abra: [],
  docker: [],
  git: [/^GIT_/, /^SSH_ASKPASS/],
  hook: [SECRET],
}

/** No prompt of any kind, no hook, nothing from the system's configuration that sends us elsewhere, plain English. */
const GIT_OWN: Readonly<Record<string, string>> = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '',
  GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'core.hooksPath',
  GIT_CONFIG_VALUE_0: '/dev/null',
  GIT_CONFIG_KEY_1: 'gc.auto',
  GIT_CONFIG_VALUE_1: '0',
  LC_ALL: 'C',
}

/**
 * The environment of a child: everything passes except what loads code (NODE_*, LD_*, BASH_ENV, ENV, SHELLOPTS,
 * PYTHON*, PERL5*); git loses GIT_* for a set of our own; hooks and tests lose every variable that holds a secret by
 * its name; see also {@link withoutShown}. `extra` is added last and always stays: what a child is given on purpose is its own.
 */
export function childEnv(
  env: Env,
  kind: ChildKind,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const dropped = [CODE_LOADING, OURS, ...DROPPED[kind]]
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      (NOT_SECRET.test(entry[0]) || !dropped.some(pattern => pattern.test(entry[0]))),
  )
  return { ...Object.fromEntries(kept), ...(kind === 'git' ? GIT_OWN : {}), ...extra }
}

/** Without these nothing runs, and whatever they have in common with a secret is none. */
const NEEDED = /^(PATH|HOME|TMPDIR|PWD|OLDPWD)$/

/** `env` without the variables whose value shows a secret, such as credentials in a URL: for hooks and tests, whatever the name. */
export function withoutShown(
  env: Readonly<Record<string, string>>,
  shows: (text: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => NEEDED.test(name) || !shows(value)),
  )
}
