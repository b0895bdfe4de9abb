import type { Diagnosis, TaskReport } from '../domain/diagnosis.js'
import { html, NOTHING, type Markup } from './markup.js'
import type { ReportParts } from './notes.js'

/** What Swarm showed when something failed: every attempt, dead ones too, with what it left behind. */
export function diagnosesOf({ diagnoses }: ReportParts): Markup {
  if (diagnoses.length === 0) return NOTHING
  return html`<section>
    <h2>What the services showed</h2>
    ${diagnoses.map(diagnosisOf)}
  </section>`
}

function diagnosisOf({ tasks, updates, events, gaps }: Diagnosis): Markup {
  const notes = [
    ...updates.map(({ service, text }) => html`<li>${service}: update ${text}</li>`),
    ...gaps.map(gap => html`<li class="soft">not to be had: ${gap}</li>`),
  ]
  const said = fold('what the engine said', events)
  return html`${
    notes.length === 0
      ? NOTHING
      : html`<ul>
          ${notes}
        </ul>`
  }${tasks.map(taskOf)}${said}`
}

function taskOf(task: TaskReport): Markup {
  const facts = [
    task.state,
    ...(task.exitCode === undefined ? [] : [`exit code ${task.exitCode}`]),
    ...(task.oom ? ['killed for want of memory'] : []),
    ...(task.unhealthy ? ['unhealthy'] : []),
  ]
  const error = task.error === '' ? NOTHING : html`<p class="fail">${task.error}</p>`
  const checks = task.healthOutputs.map(output => html`<p>health check: ${output}</p>`)
  const log = task.lastLines.length === 0 ? NOTHING : html`<pre>${task.lastLines.join('\n')}</pre>`
  return html`<details>
    <summary>
      ${task.service}.${task.slot}
      <small>${new Date(task.atMs).toISOString().slice(11, 19)}, ${facts.join(', ')}</small>
    </summary>
    ${error}${checks}${log}
  </details>`
}

/** The ends of logs that were shown during the run. */
export function tailsOf({ tails }: ReportParts): Markup {
  if (tails.length === 0) return NOTHING
  return html`<section>
    <h2>Logs</h2>
    ${tails.map(({ what, lines }) => fold(what, lines))}
  </section>`
}

/** What the head changes in the compose files of the base, line by line. */
export function composeDiffOf({ composeDiff }: ReportParts): Markup {
  if (composeDiff === null) return NOTHING
  const { base, lines, more } = composeDiff
  if (lines.length === 0)
    return html`<section>
      <h2>Compose files</h2>
      <p class="soft">as in ${base}</p>
    </section>`
  const rest = more === 0 ? NOTHING : html`<p class="soft">and ${more} lines more</p>`
  return html`<section>
    <h2>Compose files</h2>
    <details>
      <summary>what changed since ${base}</summary>
      <pre>${lines.map(diffLine)}</pre>
      ${rest}
    </details>
  </section>`
}

function diffLine(text: string): Markup {
  return html`${markedUp(text)}${'\n'}`
}

function markedUp(text: string): Markup {
  if (/^(diff|index|---|\+\+\+) /.test(text)) return html`<span class="soft">${text}</span>`
  if (text.startsWith('@@')) return html`<span class="soft">${text}</span>`
  if (text.startsWith('+')) return html`<ins>${text}</ins>`
  return text.startsWith('-') ? html`<del>${text}</del>` : html`${text}`
}

function fold(what: string, lines: readonly string[]): Markup {
  if (lines.length === 0) return NOTHING
  return html`<details>
    <summary>${what}</summary>
    <pre>${lines.join('\n')}</pre>
  </details>`
}
