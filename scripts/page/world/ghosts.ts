import type { Bar, Ghost, Moment } from '../picture.ts'

const hourMs = 3_600_000

/** When the keys of a lane change next. */
export interface Plan {
  /** The next firings of the CRON that rotates, in order. */
  readonly rotations: readonly Moment[]
  readonly overlapMs: number
}

/** What a release waits for besides the overlap: an hour until absence is believed, and up to two hourly runs. */
const settleMs = 2 * hourMs

/**
 * Gives what is planned: for how long the served key is served and works on, how long those before it still work, and the
 * next two keys. Nothing where no key is served. Pure.
 */
export function ghostsOf(bars: readonly Bar[], { rotations, overlapMs }: Plan): readonly Ghost[] {
  const alive = bars.filter(({ endedAt }) => endedAt === null)
  const served = alive.find(({ phases }) => phases.at(-1)?.kind === 'served')
  const [first, second, third] = rotations
  if (served === undefined || first === undefined) return []
  const worksForMs = overlapMs + settleMs
  const { accessKey } = served
  const older = alive.flatMap(bar => {
    const phase = bar.phases.at(-1)
    if (phase?.kind !== 'overlap') return []
    return [
      { accessKey: bar.accessKey, from: phase.from, to: phase.from + worksForMs, kind: 'overlap', label: '' } as const,
    ]
  })
  return [
    ...older,
    { accessKey, from: served.phases.at(-1)?.from ?? first, to: first, kind: 'served', label: '' },
    { accessKey, from: first, to: first + worksForMs, kind: 'overlap', label: '' },
    ...(second === undefined ? [] : [next(first, second, 'the next key')]),
    ...(second === undefined || third === undefined ? [] : [next(second, third, 'and the next')]),
  ]
}

function next(from: Moment, to: Moment, label: string): Ghost {
  return { accessKey: null, from, to, kind: 'served', label }
}
