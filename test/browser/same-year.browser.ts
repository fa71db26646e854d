import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Run } from '../../scripts/page/picture.ts'
import { openWorld } from '../page/world/stage.ts'

const limitMs = 900_000

// It needs no browser, but as long as what does.
test(
  'two years of one seed are equal to the letter: every CRON firing, 13 rotations, no refused call',
  async () => {
    const [one, other] = await Promise.all([year(), year()])
    expect(other.hash).toBe(one.hash)
    const { picture } = one
    const [monthly = [], hourly = []] = picture.crons.map(({ fired }) => fired)
    // A year has 12 firings of the one and 8,760 of the other, and begins with a tick.
    expect([sum(monthly), sum(hourly)]).toEqual([12, 1 + 365 * 24])
    expect(picture.counters).toEqual({ refused: 0, renewed: 0, calls: 1 + 365 * 48, rotations: 13, keysAlive: 1 })
    expect(picture.health).toMatchObject({ state: 'healthy', problems: [] })
    expect(picture.flags).toMatchObject([{ kind: 'upkeep', label: 'credentials renewed' }])
    expect(picture.lanes[0]?.bars.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 13 }, (_, at) => at + 1),
    )
  },
  limitMs,
)

async function year() {
  const world = await openWorld({ seed: 7 })
  await world.pass({ hours: 365 * 24 })
  await world.end()
  const { picture } = world.world
  return { picture, hash: createHash('sha256').update(JSON.stringify(picture)).digest('hex') }
}

function sum(runs: readonly Run[]): number {
  return runs.reduce((total, { count }) => total + count, 0)
}
