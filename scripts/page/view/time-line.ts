import { nothing, svg, type TemplateResult } from 'lit-html'
import type { Bar, Ghost, Outcome, Phase, Picture } from '../picture.ts'
import { cronMarks, dotsOf, flagMarks, pathOf, withOutcome } from './marks.ts'
import { isStairs, type PlacedLane, placeLanes } from './rows.ts'
import { ticks } from './ticks.ts'
import { type Axis, stretch, windowOf, xOf, type ZoomName } from './window.ts'
import { dayAndMonth, fullDate, phaseNames, timeOfDay } from './words.ts'

/** How the time line is drawn. */
interface Drawing {
  /** Of the drawing, in pixels. */
  readonly width: number
  readonly zoom: ZoomName
}

type Svg = TemplateResult<2>

/** Where things are on the drawing, in pixels. */
interface Layout {
  readonly axis: Axis
  readonly isNarrow: boolean
  readonly isStairs: boolean
  readonly rowHeight: number
  readonly barHeight: number
  /** The upper edge of each lane, in their order. */
  readonly tops: readonly number[]
  /** The middle of the row of calls. */
  readonly callsY: number
  readonly bottom: number
  readonly nowX: number
  readonly now: number
}

const flagY = 30
const cronY = 44
const plotTop = 54
const leastRowsHeight = 150
const mostRowsHeight = 262
const laneGap = 10
const callsHeight = 50
const scaleHeight = 20
const mostRows = 18
const leastPhase = 1.5

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

function layOut(
  lanes: readonly PlacedLane[],
  {
    times,
    now,
    width,
    hasCalls,
  }: { times: { fromMs: number; toMs: number }; now: number; width: number; hasCalls: boolean },
): Layout {
  const isNarrow = width < 560
  const hasStairs = isStairs(lanes)
  const longest = Math.max(...lanes.map(({ lane }) => lane.name.length))
  const left = hasStairs ? (isNarrow ? 40 : 104) : Math.min(isNarrow ? 84 : 150, 16 + longest * 7)
  const axis = { ...times, left, width: Math.max(width - left - 6, 60) }
  const rows = lanes.reduce((sum, lane) => sum + lane.rows, 0)
  const gaps = laneGap * (lanes.length - 1)
  const rowHeight = Math.min(28, Math.max(hasStairs ? 13 : 17, (mostRowsHeight - gaps) / Math.max(rows, 1)))
  const tops: number[] = []
  let top = plotTop
  for (const lane of lanes) {
    tops.push(top)
    top += lane.rows * rowHeight + laneGap
  }
  const callsTop = Math.max(top - laneGap, plotTop + leastRowsHeight)
  return {
    axis,
    isNarrow,
    isStairs: hasStairs,
    rowHeight,
    barHeight: Math.min(18, Math.round(rowHeight * 0.62)),
    tops,
    callsY: callsTop + 28,
    bottom: callsTop + (hasCalls ? callsHeight : 8),
    nowX: xOf(axis, now),
    now,
  }
}

/** What stands left of a lane: the name of each of its keys, or its own. */
function laneHead({ lane, placed, rows }: PlacedLane, layout: Layout, index: number): Svg {
  const { axis, isNarrow, rowHeight, tops } = layout
  const top = tops[index] ?? 0
  const x = axis.left - 10
  if (layout.isStairs) {
    return svg`${placed.map(({ bar, row }) => (bar === null ? nothing : keyName(bar, x, middle(layout, top, row), isNarrow)))}`
  }
  const edge = index === 0 ? nothing : svg`<path class="grid" d="M0 ${top - laneGap / 2}H${axis.left + axis.width}" />`
  const shortened = isNarrow && lane.name.length > 11 ? `${lane.name.slice(0, 10)}…` : lane.name
  return svg`${edge}<text class="lane" x=${x} y=${top + (rows * rowHeight) / 2}>${shortened}</text>`
}

function keyName(bar: Bar, x: number, y: number, isNarrow: boolean): Svg {
  const isServed = bar.endedAt === null && bar.phases.at(-1)?.kind === 'served'
  const revision = bar.revision === null ? 'new' : `${isNarrow ? 'r' : 'rev '}${bar.revision}`
  const end = isNarrow ? nothing : svg`<tspan class="key" dx="6">…${bar.accessKey.slice(-4)}</tspan>`
  return svg`<text class=${isServed ? 'row is-served' : 'row'} x=${x} y=${y}>${revision}${end}</text>`
}

function middle({ rowHeight }: Layout, top: number, row: number): number {
  return top + (row + 0.5) * rowHeight
}

function laneBars({ placed }: PlacedLane, layout: Layout, top: number): Svg[] {
  return placed.map(({ bar, ghosts, row }) => {
    const y = middle(layout, top, row)
    return svg`${ghosts.map(ghost => ghostOf(ghost, layout, y))}${bar === null ? nothing : barOf(bar, layout, y)}`
  })
}

function ghostOf(ghost: Ghost, { axis, barHeight, now }: Layout, y: number): Svg | typeof nothing {
  const place = stretch(axis, Math.max(ghost.from, now), ghost.to)
  if (place === undefined) return nothing
  const { x, width } = place
  const hasLabel = ghost.label.length * 6.2 + 14 < width
  return svg`<rect class=${`ghost ${ghost.accessKey === null ? 'to-come' : ghost.kind}`} x=${x + 0.5} y=${y - barHeight / 2}
      width=${Math.max(width - 1, 1)} height=${barHeight} rx="2" />
    ${hasLabel ? svg`<text class="ghost-label" x=${x + 7} y=${y}>${ghost.label}</text>` : nothing}`
}

function barOf(bar: Bar, layout: Layout, y: number): Svg {
  const { axis, barHeight, now } = layout
  const end = bar.endedAt ?? now
  const parts = bar.phases.map((phase, index) => {
    const place = stretch(axis, phase.from, Math.max(bar.phases[index + 1]?.from ?? end, phase.from))
    // A key is unpublished for seconds: seen from a month away, that would be a line at each beginning.
    if (place === undefined || (place.width < leastPhase && index < bar.phases.length - 1)) return nothing
    return svg`<rect class=${`phase ${phase.kind}`} x=${place.x} y=${y - barHeight / 2} width=${place.width} height=${barHeight} />`
  })
  return svg`<g><title>${lifeOf(bar, now)}</title>${parts}${endOf(bar, layout, y)}${numberIn(bar, layout, y)}</g>`
}

/** The stroke behind a key that has ended; red where a person ended it. */
function endOf({ endedAt, endedBy }: Bar, { axis, barHeight }: Layout, y: number): Svg | typeof nothing {
  if (endedAt === null || endedAt < axis.fromMs || endedAt > axis.toMs) return nothing
  const x = xOf(axis, endedAt) + 2.5
  return svg`<path class=${`end by-${endedBy}`} d="M${x.toFixed(1)} ${y - barHeight / 2}v${barHeight}" />`
}

/** Where rows are shared, a bar bears its revision itself, if there is room. */
function numberIn(bar: Bar, layout: Layout, y: number): Svg | typeof nothing {
  const place = numbered(bar, layout)
  return place === undefined
    ? nothing
    : svg`<text class="number" x=${place.x + 4} y=${y}>${bar.revision ?? 'new'}</text>`
}

function numbered({ createdAt, endedAt }: Bar, { axis, isStairs: hasStairs, now }: Layout) {
  const place = hasStairs ? undefined : stretch(axis, createdAt, endedAt ?? now)
  return place !== undefined && place.width > 32 ? place : undefined
}

/** The calls as beads on the key that they were made with. */
function beads({ lane, placed }: PlacedLane, layout: Layout, top: number): (readonly [x: number, y: number])[] {
  return placed.flatMap(({ bar, row }) => {
    if (bar === null) return []
    const runs = lane.calls.filter(({ accessKey, outcome }) => accessKey === bar.accessKey && worked.has(outcome))
    const place = numbered(bar, layout)
    const from = place === undefined ? 0 : place.x + 8 + 7 * String(bar.revision ?? 'new').length
    return dotsOf(runs, layout.axis)
      .filter(x => x >= from)
      .map(x => [x, middle(layout, top, row)] as const)
  })
}

const worked: ReadonlySet<Outcome> = new Set(['answered', 'renewed'])
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

function lifeOf({ accessKey, revision, phases, endedAt, endedBy }: Bar, now: number): string {
  const name = revision === null ? accessKey : `Revision ${revision}, ${accessKey}`
  const parts = phases.map(({ kind, from }: Phase) => `${phaseNames[kind]} from ${moment(from)}`)
  const end =
    endedAt === null ? `works now, ${moment(now)}` : `ended ${moment(endedAt)}, ${endings[endedBy ?? 'function']}`
  return [`${name}:`, ...parts, end].join('\n')
}

const endings = { function: 'by the rotation', hand: 'by hand', expiry: 'by its expiry' } as const

function moment(ms: number): string {
  return `${dayAndMonth(ms)} ${timeOfDay(ms)}`
}
