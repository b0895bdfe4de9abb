import type { Results, TestRow } from '../domain/results.js'
import type { Status } from '../domain/tiers.js'
import { html, NOTHING, type Markup } from './markup.js'

const MARKS: Readonly<Record<Status, string>> = { pass: '✔', fail: '✘', skip: '–', unver: '?' }

/** One row of a list: what, how it stands, how long it took, what was seen. */
export function item({ name, status, ms, detail }: TestRow): Markup {
  const time = ms === 0 ? NOTHING : html` <small>${seconds(ms)}</small>`
  const seen = detail === '' ? NOTHING : html`<br /><span class="soft">${detail}</span>`
  return html`<li>${statusOf(status)} ${name}${time}${seen}</li>`
}

export function statusOf(status: Status): Markup {
  return html`<span class="word ${status}">${MARKS[status]} ${status}</span>`
}

/** Marks in the data and snapshots. */
export function dataOf({ canaries, snapshots }: Results): Markup {
  if (canaries.length + snapshots.length === 0) return NOTHING
  const rows = canaries.map(({ kind, where, covered, reason }) =>
    item({
      name: `${kind} ${where}`,
      status: covered ? 'pass' : 'skip',
      ms: 0,
      detail: reason ?? 'watched',
    }),
  )
  const left = snapshots.map(
    ({ id, files, bytes, parts }) =>
      html`<li>
        snapshot ${id} <small>${files} files, ${bytes} bytes, left in the repository</small>
        <ul>
          ${parts.map(each => html`<li>${each.part} <small>${each.files} files, ${each.bytes} bytes</small></li>`)}
        </ul>
      </li>`,
  )
  return html`<section>
    <h2>Data</h2>
    <ul>
      ${rows}${left}
    </ul>
  </section>`
}

/** What the recipe needs, and whether it was there. */
export function dependenciesOf({ dependencies }: Results): Markup {
  if (dependencies.length === 0) return NOTHING
  const rows = dependencies.map(({ name, version, domain, verified, reason }) =>
    item({
      name: version === null ? name : `${name} ${version}`,
      status: verified ? 'pass' : 'unver',
      ms: 0,
      detail: verified ? domain : `${domain}: ${reason}`,
    }),
  )
  return html`<section>
    <h2>Dependencies</h2>
    <ul>
      ${rows}
    </ul>
  </section>`
}

export function seconds(ms: number): string {
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}
