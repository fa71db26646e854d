import { html, nothing, type TemplateResult } from 'lit-html'
import type { Button, Picture } from '../../picture.ts'
import type { Actions, View } from '../view.ts'

/** What can be pressed, with what should happen and what did. */
export function buttonCard({ buttons, lanes }: Picture, { lane }: View, actions: Actions): TemplateResult {
  const names = lanes.map(({ name }) => name)
  const [reason = null, ...others] = new Set(buttons.map(({ blocked }) => blocked))
  const common = others.length === 0 ? reason : null
  const group = (wanted: Button['group']) => html`<div class="buttons">
    ${buttons.filter(button => button.group === wanted).map(button => buttonOf(button, { hasLanes: names.length > 1, isCommon: common !== null }, actions))}
  </div>`
  return html`<section class="press">
    <h2>What an operator may do ${names.length > 1 ? laneChoice(names, lane, actions) : html`<small role="status">${common}</small>`}</h2>
    ${group('operator')}
    <h2>What may go wrong <small>Let the clock go on afterwards: a tick each hour repairs it.</small></h2>
    ${group('mischief')}
  </section>`
}

function laneChoice(names: readonly string[], lane: string | null, { choose }: Actions): TemplateResult {
  const chosen = lane ?? names[0]
  return html`<label class="lane-choice"
    >with the key
    <select @change=${(event: Event) => choose({ lane: (event.target as HTMLSelectElement).value })}>
      ${names.map(name => html`<option ?selected=${name === chosen}>${name}</option>`)}
    </select></label
  >`
}

/** How a button is shown: with the name of its key, and whether all buttons are blocked for one reason, which is said once. */
interface Shown {
  readonly hasLanes: boolean
  readonly isCommon: boolean
}

function buttonOf({ id, label, expected, happened, blocked }: Button, shown: Shown, { press }: Actions) {
  const name = shown.hasLanes && happened?.lane ? `${happened.lane}: ` : ''
  // Not disabled: the focus would be lost, and nobody could find out why.
  return html`<div>
    <button id=${id} aria-disabled=${blocked !== null} aria-describedby=${`${id}-expected`} @click=${() => blocked === null && press(id)}>
      ${label}
    </button>
    <p id=${`${id}-expected`}>${shown.isCommon ? expected : (blocked ?? expected)}</p>
    <p class=${`happened ${happened?.tone ?? ''}`} aria-live="polite">${happened === null ? nothing : `→ ${name}${happened.text}`}</p>
  </div>`
}
