import { html, nothing, type TemplateResult } from 'lit-html'
import { repeat } from 'lit-html/directives/repeat.js'
import { fromNow } from '../../status/words.ts'
import type { Button, ClockCommand, ClockPicture, Counters, Happening, Health, Picture, Speed } from '../picture.ts'
import { timeLine } from './time-line.ts'
import { type ZoomName, zoomFor, zooms } from './window.ts'
import { dayAndMonth, fullDate, grouped, phaseNames, timeOfDay } from './words.ts'

/** What the page knows besides the picture. */
export interface View {
  /** Null until somebody chooses one. */
  readonly zoom: ZoomName | null
  /** The key that buttons are pressed for; null is the first. */
  readonly lane: string | null
  /** The width of the time line in pixels. */
  readonly width: number
  /** Why the last press was not done; empty if it was. */
  readonly refusal: string
  /** Why the picture stands still; empty while it does not. */
  readonly lost: string
}

/** What can be done on the page. */
export interface Actions {
  readonly set: (command: ClockCommand) => void
  readonly press: (id: Button['id']) => void
  readonly choose: (chosen: Partial<Pick<View, 'zoom' | 'lane'>>) => void
}

const mostHappenings = 120

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

function refusedCounter({ refused }: Counters): TemplateResult {
  return html`<dl class="refused">
    ${counter('refused', refused, refused === 0 ? 'good' : 'bad')}
  </dl>`
}

function counters({ counters: { renewed, calls, rotations, keysAlive }, mode }: Picture): TemplateResult[] {
  const alive = counter('keys alive', keysAlive)
  // Of a real deployment the status knows its keys alone.
  if (mode === 'deployment') return [alive]
  return [counter('renewed', renewed), counter('calls', calls), counter('rotations', rotations), alive]
}

function counter(name: string, count: number, tone = ''): TemplateResult {
  return html`<div><dt>${name}</dt><dd class=${tone}>${grouped(count)}</dd></div>`
}

const speedLabels = {
  paused: 'Pause',
  real: '×1',
  'hour-a-second': '1 hour/s',
  'day-a-second': '1 day/s',
} as const satisfies Record<Speed, string>

function speedButtons({ speed, jump }: ClockPicture, { set }: Actions): TemplateResult {
  const names = Object.keys(speedLabels) as Speed[]
  return html`<div class="choice" role="group" aria-label="Speed of the clock">
    ${names.map(
      name =>
        html`<button aria-pressed=${jump === null && speed === name} @click=${() => set(name)}>${speedLabels[name]}</button>`,
    )}
  </div>`
}

const jumpLabels = { 'next-cron': 'the next CRON', month: 'a month on', year: 'a year on' } as const

function jumpButtons({ jump }: ClockPicture, now: number, { set }: Actions): TemplateResult {
  const names = Object.keys(jumpLabels) as (keyof typeof jumpLabels)[]
  return html`<div class="jump">
    <span id="jump">jump to</span>
    <div class="choice" role="group" aria-labelledby="jump">
      ${names.map(
        name =>
          html`<button aria-pressed=${jump?.command === name} @click=${() => set(name)}>${jumpLabels[name]}</button>`,
      )}
    </div>
    ${
      jump === null
        ? nothing
        : html`<label><span>until ${fullDate(jump.to)}</span> <progress max=${jump.to - jump.from} value=${now - jump.from}></progress></label>`
    }
  </div>`
}

function health({ state, problems, nextRotation }: Health, { now }: Picture): TemplateResult {
  const [alarm] = problems.filter(({ alarming }) => alarming)
  const words = { healthy: 'healthy', unhealthy: 'not healthy', unknown: 'not known yet' }[state]
  const next =
    nextRotation === null
      ? state === 'unknown'
        ? 'the application is starting'
        : 'no rotation is planned'
      : `next rotation ${dayAndMonth(nextRotation)}, ${fromNow(new Date(nextRotation), new Date(now))}`
  return html`<div class=${`health ${state}`}>
    <b>${words}${alarm === undefined ? nothing : html`<code>${alarm.code}</code>`}</b>
    <span title=${alarm?.text ?? ''}>${alarm?.text ?? next}</span>
  </div>`
}

function timeCard(picture: Picture, view: View, { choose }: Actions): TemplateResult {
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

function buttonCard({ buttons, lanes }: Picture, { lane }: View, actions: Actions): TemplateResult {
  const names = lanes.map(({ name }) => name)
  const [reason = null, ...others] = new Set(buttons.map(({ blocked }) => blocked))
  const common = others.length === 0 ? reason : null
  const group = (wanted: Button['group']) => html`<div class="buttons">
    ${repeat(
      buttons.filter(button => button.group === wanted),
      ({ id }) => id,
      button => buttonOf(button, { hasLanes: names.length > 1, isCommon: common !== null }, actions),
    )}
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

function problemCard({ problems }: Health): TemplateResult {
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

function happenings({ happenings: all, lanes, mode, clock }: Picture): TemplateResult {
  const newest = all.slice(-mostHappenings).reverse()
  const hint = mode === 'local' && all.length < 6 && clock?.jump === null
  return html`<section class="story">
    <h2 id="story">What happened</h2>
    <ol class="happenings" aria-labelledby="story" tabindex="0">
      ${repeat(
        newest,
        ({ id }) => id,
        happening => happeningOf(happening, lanes.length > 1),
      )}
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
