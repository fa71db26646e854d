import { html, nothing, type TemplateResult } from 'lit-html'
import type { Picture } from '../../picture.ts'
import { timeLine } from '../time-line/time-line.ts'
import { type ZoomName, zoomFor, zooms } from '../time-line/window.ts'
import type { Actions, View } from '../view.ts'
import { phaseNames } from '../words.ts'

/** The time line with its legend, its zoom, and the same as text. */
export function timeCard(picture: Picture, view: View, { choose }: Actions): TemplateResult {
  const pressedMs = picture.flags.filter(({ kind }) => kind !== 'upkeep').at(-1)?.at ?? 0
  const zoom = view.zoom ?? zoomFor({ nowMs: picture.now, firstMs: picture.startedAt, pressedMs })
  const names = Object.keys(zooms) as ZoomName[]
  return html`<section class="time" aria-label="Time line">
    <div class="drawing">${timeLine(picture, { width: view.width, zoom })}</div>
    <div class="below">
      ${legend(picture)}
      <div class="choice small" role="group" aria-label="How much time is shown">
        ${names.map(
          name =>
            html`<button aria-pressed=${zoom === name} @click=${() => choose({ zoom: name })}>${zooms[name].label}</button>`,
        )}
      </div>
    </div>
    <details><summary>The same as text</summary><pre id="table" tabindex="0">${picture.table}</pre></details>
  </section>`
}

const outcomeNames = { answered: 'call', renewed: 'renewed at once', refused: 'refused', 'no-answer': 'no answer' }

function legend({ mode }: Picture): TemplateResult {
  const phases = Object.entries(phaseNames).map(([kind, name]) => html`<li><i class=${kind}></i>${name}</li>`)
  const outcomes = Object.entries(outcomeNames).map(
    ([kind, name]) => html`<li><i class=${`dot ${kind}`}></i>${name}</li>`,
  )
  return html`<ul class="legend" aria-label="What the colours mean">
    ${phases}<li><i class="cron"></i>CRON</li>${mode === 'local' ? outcomes : nothing}
  </ul>`
}
