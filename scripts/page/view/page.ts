import { html, nothing, type TemplateResult } from 'lit-html'
import type { Picture } from '../picture.ts'
import { buttonCard } from './parts/press.ts'
import { happenings, problemCard } from './parts/story.ts'
import { timeCard } from './parts/time.ts'
import { counters, health, jumpButtons, refusedCounter, speedButtons } from './parts/top.ts'
import type { Actions, View } from './view.ts'
import { fullDate, timeOfDay } from './words.ts'

/** Draws the whole page. */
export function page(picture: Picture, view: View, actions: Actions): TemplateResult {
  const { mode, clock } = picture
  return html`<header>
      <div class="bar">
        <h1>${fullDate(picture.now)} <span>${timeOfDay(picture.now)} <small>UTC</small></span></h1>
        ${mode === 'local' ? refusedCounter(picture.counters) : nothing}
        ${clock === null ? nothing : speedButtons(clock, actions)}
      </div>
      ${health(picture.health, picture)}
      <dl class="counters">${counters(picture)}</dl>
      ${clock === null ? nothing : jumpButtons(clock, picture.now, actions)}
    </header>
    ${trouble(view)}
    <main>
      ${timeCard(picture, view, actions)}
      ${mode === 'local' ? buttonCard(picture, view, actions) : problemCard(picture.health)}
      ${happenings(picture)}
    </main>`
}

/** Says why nothing moves, or why nothing was done. */
export function trouble({ lost, refusal }: View): TemplateResult {
  const why = lost || refusal
  return html`<p class="trouble" role="alert" ?hidden=${why === ''}>${why}</p>`
}
