import type { Bar, Ghost, Lane } from '../../picture.ts'

/** What takes a stretch of a row: a key with what is planned of it, or a key that is planned. */
interface Item {
  readonly bar: Bar | null
  readonly ghosts: readonly Ghost[]
  readonly from: number
  readonly to: number
}

/** A lane and the row of each of its items, counted from its top. */
export interface PlacedLane {
  readonly lane: Lane
  readonly rows: number
  readonly placed: readonly (Item & { readonly row: number })[]
}

/** What is shown, and how many rows one lane may have. */
interface Room {
  readonly fromMs: number
  readonly toMs: number
  readonly mostRows: number
}

/**
 * Gives each key its row. One lane with few keys makes stairs, each key in a row of its own; more keys, or several lanes, share
 * rows as soon as one is free.
 */
export function placeLanes(lanes: readonly Lane[], { fromMs, toMs, mostRows }: Room): PlacedLane[] {
  const visible = lanes.map(lane => ({
    lane,
    items: itemsOf(lane).filter(item => item.from <= toMs && item.to >= fromMs),
  }))
  const hasStairs = visible.length === 1 && visible.every(({ items }) => items.length <= mostRows)
  return visible.map(({ lane, items }) => (hasStairs ? stairs(lane, items) : packed(lane, items)))
}

/** True if every key has a row of its own, so that its name may stand beside it. */
export function isStairs(lanes: readonly PlacedLane[]): boolean {
  return lanes.length === 1 && lanes.every(({ rows, placed }) => rows === placed.length)
}

function itemsOf({ bars, ghosts }: Lane): Item[] {
  const made = bars.map(bar => {
    const own = ghosts.filter(({ accessKey }) => accessKey === bar.accessKey)
    const to = Math.max(bar.endedAt ?? Number.POSITIVE_INFINITY, ...own.map(ghost => ghost.to))
    return { bar, ghosts: own, from: bar.createdAt, to }
  })
  const planned = ghosts.filter(({ accessKey }) => accessKey === null)
  return [...made, ...planned.map(ghost => ({ bar: null, ghosts: [ghost], from: ghost.from, to: ghost.to }))]
}

function stairs(lane: Lane, items: readonly Item[]): PlacedLane {
  return { lane, rows: items.length, placed: items.map((item, row) => ({ ...item, row })) }
}

function packed(lane: Lane, items: readonly Item[]): PlacedLane {
  const ends: number[] = []
  const placed = items.map(item => {
    const free = ends.findIndex(end => end <= item.from)
    const row = free < 0 ? ends.length : free
    ends[row] = item.to
    return { ...item, row }
  })
  return { lane, rows: Math.max(ends.length, 1), placed }
}
