import { html, nothing, type TemplateResult } from 'lit-html'
import type { Happening, Health, Picture } from '../../picture.ts'
import { dayAndMonth, grouped, timeOfDay } from '../words.ts'

const mostHappenings = 120

/** The problems of a deployment, alarms first. */
export function problemCard({ problems }: Health): TemplateResult {
  const sorted = problems.toSorted((one, other) => Number(other.alarming) - Number(one.alarming))
  return html`<section class="press">
    <h2>What the status says</h2>
    ${sorted.length === 0 ? html`<p class="hint">Nothing to report.</p>` : nothing}
    <ol class="happenings">
      ${sorted.map(
        ({ code, text, alarming, lane }) =>
          html`<li class=${alarming ? 'bad' : ''}><b>${alarming ? 'alarm' : 'note'}</b><span>${lane === null ? '' : `${lane}: `}${text} <code>${code}</code></span></li>`,
      )}
    </ol>
  </section>`
}

/** What happened, newest first. */
export function happenings({ happenings: all, lanes, mode, clock }: Picture): TemplateResult {
  const newest = all.slice(-mostHappenings).reverse()
  const hint = mode === 'local' && all.length < 6 && clock?.jump === null
  return html`<section class="story">
    <h2 id="story">What happened</h2>
    <ol class="happenings" aria-labelledby="story" tabindex="0">
      ${newest.map(happening => happeningOf(happening, lanes.length > 1))}
      ${hint ? html`<li><span class="hint">Press <b>1 day/s</b> or <b>a year on</b> and watch the key change while the application goes on calling. Then break something.</span></li>` : nothing}
      ${all.length > mostHappenings ? html`<li><span class="hint">and ${grouped(all.length - mostHappenings)} before</span></li>` : nothing}
    </ol>
  </section>`
}

function happeningOf({ at, text, code, link, count, tone, lane }: Happening, hasLanes: boolean): TemplateResult {
  const chip =
    code === null
      ? nothing
      : link === null
        ? html`<code>${code}</code>`
        : html`<a href=${link} target="_blank"><code>${code}</code></a>`
  return html`<li class=${tone}>
    <time datetime=${new Date(at).toISOString()}>${dayAndMonth(at)} ${timeOfDay(at)}</time>
    <span>${hasLanes && lane !== null ? html`<b>${lane}</b> ` : nothing}${text} ${count > 1 ? html`<b>×${grouped(count)}</b> ` : nothing}${chip}</span>
  </li>`
}
