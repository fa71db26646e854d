import { nothing, svg, type TemplateResult } from 'lit-html'
import type { Bar, Ghost, Outcome, Phase } from '../../picture.ts'
import { dayAndMonth, phaseNames, timeOfDay } from '../words.ts'
import { type Layout, laneGap, middle } from './layout.ts'
import { dotsOf } from './marks.ts'
import type { PlacedLane } from './rows.ts'
import { stretch, xOf } from './window.ts'

type Svg = TemplateResult<2>

const leastPhase = 1.5

/** What stands left of a lane: the name of each of its keys, or its own. */
export function laneHead({ lane, placed, rows }: PlacedLane, layout: Layout, index: number): Svg {
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

/** The keys of a lane, with what is planned of them. */
export function laneBars({ placed }: PlacedLane, layout: Layout, top: number): Svg[] {
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
export function beads({ lane, placed }: PlacedLane, layout: Layout, top: number): (readonly [x: number, y: number])[] {
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
