import type { Cause } from '../domain/cause.js'
import type { HappeningBody, JanitorAction } from '../domain/events.js'
import { diagnosisLines } from './tell-diagnosis.js'
import { checkLine, line, loud, loudIf, quiet, verdictLine, type Line, type Told } from './line.js'
import { duration, plural } from './wording.js'

type Of<Type extends HappeningBody['type']> = Extract<HappeningBody, { readonly type: Type }>

type Tellers = { readonly [Type in HappeningBody['type']]: (seen: Of<Type>) => Told }

/** Every happening in words. The compiler sees to it that none is forgotten. */
const TELLERS: Tellers = {
  'run.started': seen => loud(...firstLines(seen)),
  'run.noted': ({ text }) => loud(line('info', text)),
  'run.warned': ({ text }) => loud(line('warn', text)),
  'manifest.printed': ({ lines }) => loud(...lines.map(text => line('info', text))),
  'plan.resolved': plan => loud(...planLines(plan)),
  'phase.started': ({ phase }) => quiet(line('info', `${phase} begins`)),
  'phase.finished': ({ phase, ms, floorMs }) =>
    quiet(line('info', `${phase} took ${duration(ms)}, ${duration(floorMs)} of it not ours`)),
  'wait.started': seen => quiet(line('wait', `waiting for ${seen.for}`)),
  'wait.finished': seen => quiet(line('info', `waited ${duration(seen.ms)} for ${seen.for}`)),
  'lock.waiting': ({ domain, holder, heldSince }) =>
    loud(
      line(
        'wait',
        `waiting for the lock of ${domain}, held by ${holder} since ${heldSince}; this counts against the deadline`,
      ),
    ),
  'lock.acquired': ({ domain, waitedMs }) =>
    loudIf(waitedMs >= 1000, line('info', `lock of ${domain} taken after ${duration(waitedMs)}`)),
  'janitor.decided': seen => loudIf(seen.action !== 'leave', janitorLine(seen)),
  'janitor.done': ({ domain, action, ms }) =>
    loud(line('good', `janitor: ${domain} ${DONE[action]} in ${duration(ms)}`)),
  'janitor.stuck': ({ domain, error }) =>
    loud(line('bad', `janitor: ${domain} could not be removed: ${error}`)),
  'child.ended': ({ argv, ended, exitCode, ms }) =>
    quiet(line('info', `${argv.join(' ')}: ${ended} ${exitCode ?? ''} after ${duration(ms)}`)),
  'image.pulled': seen => loudIf(seen.outcome !== 'present', imageLine(seen)),
  'lint.finished': ({ status, detail, rulesFailed }) =>
    loud(verdictLine(status, 'lint', withRules(detail, rulesFailed))),
  'tier.started': ({ tier }) => loud(line('head', tier)),
  'tier.finished': ({ tier, status, ms, reason }) =>
    loud(verdictLine(status, tier, [duration(ms), reason].filter(Boolean).join(', '))),
  'op.started': ({ op }) => quiet(line('info', `${op} begins`, 1)),
  'op.done': ({ op, ms, detail }) =>
    loud(line('info', `${op} took ${duration(ms)}${detail === '' ? '' : `: ${detail}`}`, 1)),
  'check.finished': ({ check: { status, name, detail, cause } }) =>
    loud(
      checkLine(status, name, detail),
      ...(cause === undefined ? [] : [line('tail', tailOf(cause, detail), 2)]),
    ),
  'canary.written': ({ kind, where }) => quiet(line('info', `canary ${kind} written: ${where}`, 1)),
  'canary.listed': ({ news }) =>
    loud(
      ...news
        .filter(({ covered }) => !covered)
        .map(({ kind, where, reason }) =>
          line('odd', `not covered: ${kind} ${where}${reason === null ? '' : `, ${reason}`}`, 1),
        ),
    ),
  'snapshot.taken': ({ id, files, bytes, parts }) =>
    loud(
      line('info', `snapshot ${id}: ${plural(files, 'file')}, ${bytes} bytes`, 1),
      ...parts.map(held =>
        line('info', `${held.part}: ${plural(held.files, 'file')}, ${held.bytes} bytes`, 2),
      ),
    ),
  'service.observed': ({ service, text }) => quiet(line('info', `${service}: ${text}`, 1)),
  'deploy.doomed': ({ service, class: found, sinceFirstMs }) =>
    quiet(
      line(
        'info',
        `${service} is doomed (${found}), ${duration(sinceFirstMs)} after the first sign`,
        1,
      ),
    ),
  'log.tailed': ({ what, lines }) =>
    loud(line('info', `the end of ${what}:`, 1), ...lines.map(text => line('tail', text, 2))),
  'diagnosis.made': ({ diagnosis }) => loud(...diagnosisLines(diagnosis)),
  'compose.compared': ({ base, lines, more }) =>
    quiet(
      line('info', `compose files against ${base}: ${plural(lines.length + more, 'line')} of diff`),
      ...lines.map(text => line('tail', text, 1)),
    ),
  'cause.found': ({ cause }) => loud(line('bad', cause.sentence)),
  'signal.received': ({ signal, reason }) =>
    loud(line('warn', `${signal} received (${reason}): tearing down`)),
  'signal.ignored': ({ signal }) =>
    loud(line('info', `${signal} ignored: the teardown is under way`)),
  'teardown.started': ({ domain, why }) => loud(line('head', `teardown of ${domain}: ${why}`)),
  'teardown.step': ({ step, ms, detail }) =>
    quiet(line('info', `${step} took ${duration(ms)}${detail === '' ? '' : `: ${detail}`}`, 1)),
  'teardown.leftover': ({ kind, name }) => loud(line('bad', `left behind: ${kind} ${name}`, 1)),
  'teardown.done': ({ domain, clean, ms }) =>
    loud(
      clean
        ? line('good', `teardown: nothing of ${domain} is left, ${duration(ms)}`)
        : line('bad', `teardown: something of ${domain} is left, ${duration(ms)}`),
    ),
  'app.created': ({ domain, recipe }) => quiet(line('info', `creating ${domain} from ${recipe}`)),
  'deploy.counted': ({ expected, counted }) =>
    loudIf(
      expected !== counted,
      line(
        expected === counted ? 'good' : 'bad',
        `${plural(counted, 'app')} created, ${expected} expected`,
      ),
    ),
  'dependency.ready': ({ recipe, domain, version, ms }) =>
    loud(
      line('good', `dependency ${recipe} ${version ?? ''} serves on ${domain}, ${duration(ms)}`),
    ),
  'dependency.unverified': ({ recipe, reason }) =>
    loud(line('odd', `dependency ${recipe} was not verified: ${reason}`)),
  'app.kept': ({ domain, until }) => loud(line('info', `${domain} is kept until ${until}`)),
  'results.written': ({ path }) => quiet(line('info', `results written to ${path}`)),
  'run.finished': ({ exitCode, level, verdict, ms }) =>
    quiet(line('head', `exit ${exitCode}, level ${level}, ${duration(ms)}: ${verdict}`)),
}

export function tell(happening: HappeningBody): Told {
  const teller = TELLERS[happening.type] as (seen: HappeningBody) => Told
  return teller(happening)
}

const DONE: Readonly<Record<JanitorAction, string>> = {
  reap: 'torn down',
  tidy: 'stale lockfile removed',
  leave: 'left alone',
  flag: 'flagged',
}

/** How to remove what is about to be created comes before the first change to the world. */
function firstLines({ recipe, domain, runDir }: Of<'run.started'>): readonly Line[] {
  return [
    line('start', `${recipe} on ${domain}; if this run is killed, "recipe-ci janitor" removes it`),
    line('info', `recorded in ${runDir}`),
  ]
}

function janitorLine({ domain, action, why, row }: Of<'janitor.decided'>): Line {
  return line(action === 'flag' ? 'warn' : 'info', `janitor: ${action} ${domain}: ${why} (${row})`)
}

function imageLine({ image, outcome, ms, detail }: Of<'image.pulled'>): Line {
  return outcome === 'failed'
    ? line('warn', `image ${image} could not be pulled: ${detail}`)
    : line('info', `image ${image} ${outcome} in ${duration(ms)}`)
}

function planLines({
  head,
  headVersion,
  base,
  baseReason,
  skips,
}: Of<'plan.resolved'>): readonly Line[] {
  const version = headVersion === null ? '' : ` (${headVersion})`
  const from =
    base === null ? `no upgrade base: ${baseReason}` : `upgrades from ${base}: ${baseReason}`
  return [
    line('info', `tests ${head.slice(0, 12)}${version}, ${from}`),
    ...Object.entries(skips).map(([tier, reason]) =>
      line('skip', `${tier} will be skipped: ${reason}`),
    ),
  ]
}

function withRules(detail: string, rulesFailed: readonly string[]): string {
  return [detail, ...rulesFailed.filter(rule => !detail.includes(rule))].filter(Boolean).join(' ')
}

/** What a cause adds to the line that names the check. */
function tailOf({ sentence, evidence }: Cause, detail: string): string {
  return sentence === detail ? evidence : sentence
}
