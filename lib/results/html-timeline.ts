import type { Results, Timing } from '../domain/results.js'
import { html, NOTHING, type Markup } from './markup.js'

/** Where the time went: a bar for each phase, the part that was not ours in another shade, the waits in words. */
export function timelineOf({ timings }: Results): Markup {
  if (timings.length === 0) return NOTHING
  const wholeMs = Math.max(1, ...timings.map(({ start_ms, wall_ms }) => start_ms + wall_ms))
  return html`<section>
    <h2>Time</h2>
    <p class="soft">The pale part of a bar was spent in abra, in Swarm or in the app.</p>
    <ul>
      ${timings.map(timing => rowOf(timing, wholeMs))}
    </ul>
  </section>`
}

function rowOf({ phase, start_ms, wall_ms, floor_ms, waits }: Timing, wholeMs: number): Markup {
  const left = percent(start_ms, wholeMs)
  const width = percent(Math.max(wall_ms, wholeMs / 200), wholeMs)
  const floor = percent(floor_ms, Math.max(wall_ms, 1))
  const waited = waits.map(wait => `${wait.for} ${tenths(wait.ms)}`).join(', ')
  const words = waited === '' ? NOTHING : html`<br /><small>waited for ${waited}</small>`
  return html`<li>
    ${phase} <small>${tenths(wall_ms)}, ${tenths(floor_ms)} of it not ours</small>
    <div class="track">
      <div class="bar" style="left:${left};width:${width}">
        <div class="floor" style="width:${floor}"></div>
      </div>
    </div>
    ${words}
  </li>`
}

function percent(part: number, whole: number): string {
  return `${Math.min(100, (100 * part) / whole).toFixed(2)}%`
}

function tenths(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
