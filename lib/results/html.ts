import type { Results, StageRow } from '../domain/results.js'
import { RUNGS, type Status } from '../domain/tiers.js'
import { STYLE } from './html-style.js'
import { timelineOf } from './html-timeline.js'
import { html, NOTHING, type Markup } from './markup.js'
import { composeDiffOf, diagnosesOf, tailsOf } from './html-evidence.js'
import { dataOf, dependenciesOf, item, seconds, statusOf } from './html-rows.js'
import type { ReportParts } from './notes.js'
import { ownPointsOf } from './points.js'

const WORDS: Readonly<Record<number, readonly [string, Status]>> = {
  0: ['Green', 'pass'],
  7: ['Red', 'fail'],
  1: ['Could not test', 'unver'],
}

/** A finished run on one page: no scripts, no other files, nothing from the network. */
export function htmlOf(results: Results, parts: ReportParts): string {
  const title = `${results.recipe} ${results.version ?? ''}: level ${results.level}`
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta
        http-equiv="Content-Security-Policy"
        content="default-src 'none'; style-src 'unsafe-inline'"
      />
      <title>${title}</title>
      <style>
        ${{ markup: STYLE }}
      </style>
    </head>
    <body>
      ${headOf(results)}${causeOf(results)}${diagnosesOf(parts)}${ladderOf(results)}${dependenciesOf(results)}
      ${tiersOf(results)}
      ${timelineOf(results)}${dataOf(results)}${warningsOf(results)}${tailsOf(parts)}
      ${composeDiffOf(parts)}${customisationOf(results)}
    </body>
  </html> `
  return `<!doctype html>\n${page.markup}`
}

function headOf(results: Results): Markup {
  const { exit_code: code, reason, recipe, version, level } = results
  const [word, status] = WORDS[code ?? 1] ?? [reason ?? 'ended', 'unver']
  const facts = [...askedOf(results), ...cameOf(results)].map(([name, value]) =>
    value === null
      ? NOTHING
      : html`<dt>${name}</dt>
          <dd>${value}</dd>`,
  )
  return html`<header>
    <h1><span class="word ${status}">${word}</span> ${recipe} ${version ?? ''}</h1>
    <p>level ${level} of 5, ${results.lane} lane</p>
    <dl>${facts}</dl>
  </header>`
}

type Fact = readonly [string, string | null]

function askedOf({ run_id, ref, pr, started }: Results): readonly Fact[] {
  return [
    ['run', run_id],
    ['ref', ref ?? 'default branch'],
    ['pull request', pr === 0 ? null : String(pr)],
    ['started', new Date(started * 1000).toISOString()],
  ]
}

function cameOf(results: Results): readonly Fact[] {
  const { base, base_reason: why, finished, started } = results
  return [
    ['took', finished === null ? null : seconds((finished - started) * 1000)],
    ['exit', `${results.exit_code ?? 'none'}, ${results.reason ?? 'unfinished'}`],
    ['app', results.domain],
    ['commit', results.head],
    ['upgrade from', base === null ? why : `${base}, ${why ?? ''}`],
  ]
}

function causeOf({ cause }: Results): Markup {
  if (cause === null) return NOTHING
  return html`<section class="cause">
    <p><strong>${cause.sentence}</strong> <small>${cause.class}</small></p>
    <pre>${cause.evidence}</pre>
    <p>${cause.fix}</p>
  </section>`
}

function ladderOf(results: Results): Markup {
  const rows = RUNGS.map(rung =>
    item({
      name: rung.replace('_', ' and '),
      status: results.rungs[rung],
      ms: 0,
      detail: results.reasons[rung] ?? '',
    }),
  )
  const points = ownPointsOf(results)
    .filter(({ name }) => name !== 'lint')
    .map(point => item({ ...point, ms: 0 }))
  return html`<section>
    <h2>Rungs</h2>
    <ul>
      ${rows}${points}
    </ul>
  </section>`
}

function tiersOf({ stages }: Results): Markup {
  if (stages.length === 0) return NOTHING
  return html`<section>
    <h2>Tiers</h2>
    ${stages.map(tierOf)}
  </section>`
}

function tierOf(stage: StageRow): Markup {
  const summary = html`<summary>
    ${statusOf(stage.status)} ${stage.name}
    <small>${seconds(stage.ms)}, ${stage.tests.length} checks</small>
  </summary>`
  const reason = stage.reason === '' ? NOTHING : html`<p>${stage.reason}</p>`
  const checks =
    stage.tests.length === 0
      ? NOTHING
      : html`<ul>
          ${stage.tests.map(item)}
        </ul>`
  return stage.status === 'fail' || stage.status === 'unver'
    ? html`<details open="open">${summary}${reason}${checks}</details>`
    : html`<details>${summary}${reason}${checks}</details>`
}

function warningsOf({ warnings }: Results): Markup {
  if (warnings.length === 0) return NOTHING
  return html`<section>
    <h2>Warnings</h2>
    <ul>
      ${warnings.map(text => html`<li>${text}</li>`)}
    </ul>
  </section>`
}

function customisationOf({ customization }: Results): Markup {
  if (customization === null || customization === undefined) return NOTHING
  const text = JSON.stringify(customization, null, 2)
  return html`<section>
    <h2>Customisation</h2>
    <details>
      <summary>what the recipe adds</summary>
      <pre>${text}</pre>
    </details>
  </section>`
}
