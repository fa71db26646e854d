import { html, nothing, type TemplateResult } from 'lit-html'
import { fromNow } from '../../../status/words.ts'
import type { ClockPicture, Counters, Health, Picture, Speed } from '../../picture.ts'
import type { Actions } from '../view.ts'
import { dayAndMonth, fullDate, grouped } from '../words.ts'

/** The figure that matters: on a phone it stays in sight. */
export function refusedCounter({ refused }: Counters): TemplateResult {
  return html`<dl class="refused">
    ${counter('refused', refused, refused === 0 ? 'good' : 'bad')}
  </dl>`
}

/** The other figures. */
export function counters({ counters: { renewed, calls, rotations, keysAlive }, mode }: Picture): TemplateResult[] {
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

/** The speeds of the clock. */
export function speedButtons({ speed, jump }: ClockPicture, { set }: Actions): TemplateResult {
  const names = Object.keys(speedLabels) as Speed[]
  return html`<div class="choice" role="group" aria-label="Speed of the clock">
    ${names.map(
      name =>
        html`<button aria-pressed=${jump === null && speed === name} @click=${() => set(name)}>${speedLabels[name]}</button>`,
    )}
  </div>`
}

const jumpLabels = { 'next-cron': 'the next CRON', month: 'a month on', year: 'a year on' } as const

/** Where the clock can jump to, and how far a jump has come. */
export function jumpButtons({ jump }: ClockPicture, now: number, { set }: Actions): TemplateResult {
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

/** What the status says, in a word, and why or what comes next. */
export function health({ state, problems, nextRotation }: Health, { now }: Picture): TemplateResult {
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
