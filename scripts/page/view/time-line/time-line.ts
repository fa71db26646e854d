import { nothing, svg, type TemplateResult } from 'lit-html'
import type { Outcome, Picture } from '../../picture.ts'
import { fullDate } from '../words.ts'
import { beads, laneBars, laneHead } from './lane.ts'
import { type Layout, layOut, plotTop } from './layout.ts'
import { cronMarks, dotsOf, flagMarks, pathOf, withOutcome } from './marks.ts'
import { placeLanes } from './rows.ts'
import { ticks } from './ticks.ts'
import { windowOf, type ZoomName } from './window.ts'

type Svg = TemplateResult<2>

/** How the time line is drawn. */
interface Drawing {
  /** Of the drawing, in pixels. */
  readonly width: number
  readonly zoom: ZoomName
}

const flagY = 30
const cronY = 44
const scaleHeight = 20
const mostRows = 18

/** Draws the time line: what every key was for when, what is planned, what was pressed, and every call of the application. */
export function timeLine(picture: Picture, drawing: Drawing): TemplateResult {
  // A deployment does not tell what its applications call.
  const hasCalls = picture.mode === 'local'
  const times = windowOf(drawing.zoom, { nowMs: picture.now, firstMs: picture.startedAt })
  const lanes = placeLanes(picture.lanes, { ...times, mostRows })
  const layout = layOut(lanes, { times, now: picture.now, width: drawing.width, hasCalls })
  const { axis, nowX, bottom } = layout
  const right = axis.left + axis.width
  const shades = svg`<rect class="ahead" x=${nowX} y=${plotTop} width=${Math.max(0, right - nowX)} height=${bottom - plotTop} />`
  const scale = ticks(axis, layout.isNarrow ? 52 : 70).map(
    ({ x, label }) => svg`<path class="grid" d="M${x.toFixed(1)} ${plotTop}V${bottom}" />
      <text class="scale" x=${x} y=${bottom + 16}>${label}</text>`,
  )
  return svg`<svg role="img" aria-labelledby="picture-title" aria-describedby="table" width=${drawing.width} height=${bottom + scaleHeight}>
    <title id="picture-title">${titleOf(picture, times)}</title>
    <defs>
      <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="pale" width="6" height="6" /><rect class="served" width="2.4" height="6" />
      </pattern>
      <clipPath id="plot"><rect x=${axis.left} y="0" width=${axis.width} height=${bottom} /></clipPath>
    </defs>
    ${shades}${scale}
    ${lanes.map((lane, index) => laneHead(lane, layout, index))}
    <g clip-path="url(#plot)">
      ${lanes.map((lane, index) => laneBars(lane, layout, layout.tops[index] ?? 0))}
      <path class="bead" d=${pathOf(lanes.flatMap((lane, index) => beads(lane, layout, layout.tops[index] ?? 0)))} />
    </g>
    ${crons(picture, layout)}${flags(picture, layout)}${hasCalls ? calls(picture, layout) : nothing}
    <path class="now" d="M${nowX.toFixed(1)} 17V${bottom}" /><text class="now-label" x=${nowX} y="12">now</text>
  </svg>`
}

/** How far the dots of an outcome lie from the middle of their row. */
const outcomes = { answered: 0, renewed: 0, refused: -10, 'no-answer': 11 } as const satisfies Record<Outcome, number>

/** The calls once more, as dots by what came of them. */
function calls({ lanes }: Picture, { axis, callsY }: Layout): Svg {
  const all = lanes.flatMap(lane => lane.calls)
  const paths = (['answered', 'renewed', 'refused', 'no-answer'] as const).map(outcome => {
    const d = pathOf(dotsOf(withOutcome(all, outcome), axis).map(x => [x, callsY + outcomes[outcome]] as const))
    if (d === '') return nothing
    const hole = outcome === 'no-answer' ? svg`<path class="dot hole" d=${d} />` : nothing
    return svg`<path class=${`dot ${outcome}`} d=${d} />${hole}`
  })
  return svg`<text class="row" x=${axis.left - 10} y=${callsY}>calls</text>${paths}`
}

function crons({ crons: all }: Picture, { axis }: Layout): Svg[] {
  return all
    .flatMap(cron => cronMarks(cron, axis))
    .map(({ x, isDue, isRare }) => {
      const half = isRare ? 5 : 3
      const d = `M${(x - half).toFixed(1)} ${cronY - half}h${2 * half}l${-half} ${1.7 * half}z`
      return svg`<path class=${isDue ? 'cron is-due' : 'cron'} d=${d} />`
    })
}

function flags({ flags: all }: Picture, { axis, bottom, nowX }: Layout): Svg[] {
  return flagMarks(all, axis, nowX).map(
    ({ flag, x, label }) => svg`<g class=${`flag ${flag.kind}`}>
      <path d="M${x.toFixed(1)} ${flagY}V${bottom}" /><circle cx=${x} cy=${flagY} r="4.5" />
      ${label === null ? nothing : svg`<text x=${label.x} y=${flagY} text-anchor=${label.anchor}>${flag.label}</text>`}
    </g>`,
  )
}

function titleOf({ lanes }: Picture, { fromMs, toMs }: { fromMs: number; toMs: number }): string {
  const names = lanes.length === 1 ? 'a key' : `the keys ${lanes.map(({ name }) => name).join(', ')}`
  return `The rotations of ${names} from ${fullDate(fromMs)} to ${fullDate(toMs)}; the table below says the same in words`
}
