import { keyRows } from '../../status/key-rows.ts'
import type { Status, StatusOfSeveral } from '../../status/status.ts'
import type { Bar, Ghost, Happening, Lane, Picture } from '../picture.ts'
import { standingOf } from '../world/standing.ts'

// A status says when the next rotation is, not the one after it: beyond all that is shown.
const farMs = 400 * 86_400_000
const noStatus = 'no-status'
const lastStatus = 'The last status:\n\n'

/** What a picture of a deployment is made from. */
interface Seen {
  readonly status: Status | StatusOfSeveral
  /** The name of the only key, where the status is of one. */
  readonly name: string
  readonly now: Date
  readonly happenings: readonly Happening[]
}

/**
 * Gives the picture of a deployment, of which its status is all that is known: its keys and when they end, what is planned,
 * the problems. There is no clock to set, nothing to press, and no application. Pure.
 */
export function deploymentPicture({ status, name, now, happenings }: Seen): Picture {
  const { health, table } = standingOf(status, now)
  const named = statuses(status, name)
  const lanes = named.flatMap(([key, one]) => (one === undefined ? [] : [laneOf(key, one, now)]))
  const bars = lanes.flatMap(lane => lane.bars)
  const firings = named.flatMap(([, one]) => one?.next_rotation?.getTime() ?? [])
  return {
    mode: 'deployment',
    startedAt: Math.min(now.getTime(), ...bars.map(({ createdAt }) => createdAt)),
    now: now.getTime(),
    clock: null,
    health,
    counters: { refused: 0, renewed: 0, calls: 0, rotations: 0, keysAlive: bars.filter(bar => !bar.endedAt).length },
    lanes,
    crons: [
      { name: 'rotation', schedule: '', fired: [], due: [...new Set(firings)].sort((one, other) => one - other) },
    ],
    flags: [],
    happenings,
    buttons: [],
    table,
  }
}

/** Gives the last picture with the reason why there is no newer one. Pure. */
export function unreachablePicture(last: Picture, { now, why }: { now: Date; why: string }): Picture {
  const problem = { code: noStatus, text: why, alarming: true, lane: null }
  const others = last.health.problems.filter(({ code }) => code !== noStatus)
  return {
    ...last,
    now: now.getTime(),
    health: { ...last.health, state: 'unknown', problems: [problem, ...others] },
    table: `${why}\n\n${lastStatus}${last.table.split(lastStatus).at(-1)}`,
  }
}

/** The keys by name; undefined where the status of one could not be read. */
function statuses(status: Status | StatusOfSeveral, name: string): [name: string, status: Status | undefined][] {
  if (!('keys' in status)) return [[name, status]]
  return Object.entries(status.keys).map(([key, one]) => [key, 'error' in one ? undefined : one])
}

function laneOf(name: string, status: Status, now: Date): Lane {
  const bars = [...publishedBars(status, now), ...orphanBars(status)]
  return { name, bars: bars.sort((one, other) => one.createdAt - other.createdAt), ghosts: ghostsOf(status), calls: [] }
}

/**
 * The bars of what is published. A status says what a key is for now, not since when: it was served until the next one came, and
 * a rollback or the end of an overlap is drawn where it was first seen.
 */
function publishedBars(status: Status, now: Date): Bar[] {
  const rows = keyRows(status).toSorted((one, other) => one.revision - other.revision)
  return rows.flatMap((row, index) => {
    if (row.createdAt === null) return []
    const createdAt = row.createdAt.getTime()
    const replacedAt = rows[index + 1]?.createdAt?.getTime()
    const isOver = !row.isServed && !row.isRolledBack && replacedAt !== undefined
    const isGone = row.end === 'gone'
    return {
      accessKey: row.accessKey,
      revision: row.revision,
      createdAt,
      endedAt: isGone ? now.getTime() : null,
      endedBy: isGone ? 'hand' : null,
      expiresAt: row.end instanceof Date ? row.end.getTime() : null,
      phases: [
        { from: createdAt, kind: 'served' },
        ...(isOver ? ([{ from: replacedAt, kind: 'overlap' }] as const) : []),
        ...(row.isRolledBack ? ([{ from: replacedAt ?? createdAt, kind: 'rolled-back' }] as const) : []),
        ...(isOver && row.status === 'disabled' ? ([{ from: now.getTime(), kind: 'disabled' }] as const) : []),
      ],
    } satisfies Bar
  })
}

function orphanBars({ orphans }: Status): Bar[] {
  return orphans.map(({ access_key: accessKey, created_at }) => {
    const createdAt = created_at.getTime()
    const phases = [{ from: createdAt, kind: 'unpublished' }] as const
    return { accessKey, revision: null, createdAt, endedAt: null, endedBy: null, expiresAt: null, phases }
  })
}

/** What is planned: the served key until the next rotation and beside the next key after it, the previous ones until their end. */
function ghostsOf({ current, previous, next_rotation: firing }: Status): Ghost[] {
  const ends = previous.flatMap(({ access_key: accessKey, ends_after }) =>
    ends_after === null ? [] : [ghost(accessKey, 0, ends_after.getTime(), 'overlap')],
  )
  const createdAt = current?.created_at?.getTime()
  if (!firing || createdAt === undefined) return ends
  const at = firing.getTime()
  const servedKey = current?.access_key
  const served = servedKey ? [ghost(servedKey, createdAt, at, 'served')] : []
  return [...ends, ...served, ghost(null, at, at + farMs, 'served', 'the next key')]
}

function ghost(accessKey: string | null, from: number, to: number, kind: Ghost['kind'], label = ''): Ghost {
  return { accessKey, from, to, kind, label }
}
