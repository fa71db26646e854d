import { expect, test } from 'vitest'
import { openWorld, sharedWorld } from './stage.ts'

const keys = ['billing', 'mailer']
const stage = sharedWorld({ keys })

test('each key has a lane and an application of its own, and what happens names the key', () => {
  const { picture } = stage.world
  expect(picture.lanes.map(({ name, bars, calls }) => [name, bars.length, calls.length])).toEqual([
    ['billing', 1, 1],
    ['mailer', 1, 1],
  ])
  expect(picture.counters).toMatchObject({ rotations: 2, keysAlive: 2, calls: 2 })
  expect(picture.happenings.map(({ lane }) => lane)).toEqual(expect.arrayContaining(['billing', 'mailer', null]))
  expect(picture.table).toMatch(/^healthy/)
})

test('a button is pressed for the key that is named, and for no other', async () => {
  await stage.pass({ minutes: 20 })
  expect(await stage.press('rotate', 'mailer')).toBe('200: revision 2 is published.')
  expect([stage.lane('billing').bars.length, stage.lane('mailer').bars.length]).toEqual([1, 2])
  expect(stage.world.picture.flags).toMatchObject([{ label: 'Rotate (mailer)' }])
  await expect(stage.press('rotate', 'nobody')).rejects.toThrow('There is no key of this name.')
})

test('the CRON rotates both, and both applications go on', async () => {
  await stage.pass({ hours: 43 })
  expect(stage.world.picture.crons).toMatchObject([{ name: 'monthly', fired: [{ count: 1 }] }, { name: 'hourly' }])
  expect([stage.lane('billing').bars.length, stage.lane('mailer').bars.length]).toEqual([2, 3])
  expect(stage.world.picture.counters).toMatchObject({ refused: 0, renewed: 0 })
})

test('the same seed gives the same day to the letter, and every hourly run is in it', async () => {
  const pictures = await Promise.all(
    [7, 7].map(async seed => {
      const day = await openWorld({ seed })
      await day.pass({ hours: 24 })
      await day.end()
      return day.world.picture
    }),
  )
  const [one, same] = pictures
  expect(same).toEqual(one)
  // The one with which it began, and one an hour.
  expect(one?.crons[1]?.fired.reduce((sum, { count }) => sum + count, 0)).toBe(25)
  expect(one?.counters).toEqual({ refused: 0, renewed: 0, calls: 49, rotations: 1, keysAlive: 1 })
}, 60_000)
