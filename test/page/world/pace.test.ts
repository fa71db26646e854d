import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ClockCommand } from '../../../scripts/page/picture.ts'
import { Pace } from '../../../scripts/page/world/pace.ts'
import { sharedWorld } from './stage.ts'

const stage = sharedWorld()
let pace: Pace
let running: Promise<void>

beforeAll(() => {
  pace = new Pace(stage.world)
  running = pace.run()
})
afterAll(async () => {
  pace.end()
  await running
})

/** Lets the clock jump, and waits until it stands again. */
async function jump(command: ClockCommand): Promise<string> {
  pace.command(command)
  await vi.waitUntil(() => stage.world.clock.jump === null, { timeout: 60_000 })
  return stage.world.machine.now().toISOString()
}

test('a jump to the next CRON ends at its firing, with all that came of it, and the clock stands', async () => {
  expect(await jump('next-cron')).toBe('2026-01-30T08:17:00.000Z')
  expect(stage.world.clock).toEqual({ speed: 'paused', jump: null })
  expect(await jump('next-cron')).toBe('2026-01-30T09:17:00.000Z')
  expect(stage.world.picture.crons[1]?.due[0]).toBe(Date.parse('2026-01-30T10:17:00Z'))
})

test('at a speed, time passes without an event as well, until the clock is paused', async () => {
  const { machine } = stage.world
  const before = machine.nowMs
  pace.command('real')
  await vi.waitUntil(() => machine.nowMs > before, { timeout: 10_000 })
  expect(machine.nowMs - before).toBeLessThan(60_000)
  pace.command('hour-a-second')
  await vi.waitUntil(() => machine.nowMs > before + 3_600_000, { timeout: 30_000 })
  pace.command('paused')
  await stage.world.turn(async () => undefined)
  const paused = machine.nowMs
  await new Promise(resolve => setTimeout(resolve, 200))
  expect(machine.nowMs).toBe(paused)
})

test('a speed ends a jump that is under way, and a button can be pressed in it', async () => {
  const { world } = stage
  pace.command('year')
  await vi.waitUntil(() => world.machine.nowMs > Date.parse('2026-01-31T00:00:00Z'), { timeout: 60_000 })
  expect(world.clock.jump).toMatchObject({ command: 'year' })
  expect(await stage.press('rotate')).toBe('200: revision 2 is published.')
  pace.command('paused')
  await world.turn(async () => undefined)
  expect(world.clock).toEqual({ speed: 'paused', jump: null })
  expect(world.machine.nowMs).toBeLessThan(Date.parse('2026-03-01T00:00:00Z'))
}, 60_000)

test('a press in a clock that stands is told in the terminal, a firing in a jump is not', async () => {
  const cron = () => stage.lines.filter(line => line.startsWith('cron ')).length
  const before = cron()
  await jump('next-cron')
  expect(cron()).toBe(before)
  await stage.pass({ minutes: 20 })
  const lines = stage.lines.length
  await stage.press('rotate')
  expect(stage.lines.length).toBeGreaterThan(lines)
})
