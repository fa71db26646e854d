import { describe, expect, test } from 'vitest'
import { phases, sharedWorld } from './stage.ts'

const stage = sharedWorld()

// Each test goes on where the one before has ended.
describe.sequential('what may go wrong', () => {
  test('a lost answer of a publication undoes nothing, and the next hourly run finds all well', async () => {
    const said = await stage.press('lose-answer')
    expect(said).toMatch(
      /^The answer to the publication was lost: 502\. It is there as revision 2, nothing was undone\.$/,
    )
    expect(stage.alive().map(phases)).toEqual([
      ['unpublished', 'served', 'overlap'],
      ['unpublished', 'served'],
    ])
    await stage.pass({ hours: 1 })
    expect(stage.happened('lose-answer')).toMatch(
      /All is well \d+ minutes later, after one hourly run; refused calls meanwhile: 0\.$/,
    )
    expect(stage.told()).toContain('A rotation failed at "publish version": upstream unreachable.')
  })

  test('a function that is killed between two calls leaves a key, which an hourly run deletes once it is an hour old', async () => {
    const { world } = stage
    const { pid } = world.deployment.rotation
    expect(await stage.press('kill')).toMatch(
      /^Killed after the key was made, before it was published: 503\. Another process runs\.$/,
    )
    expect(world.deployment.rotation.pid).not.toBe(pid)
    const left = stage.alive().find(({ revision }) => revision === null)
    expect(phases(left)).toEqual(['unpublished'])
    await stage.pass({ hours: 1 })
    expect(stage.alive()).toContain(left)
    expect(stage.happened('kill')).not.toContain('All is well')
    await stage.pass({ hours: 1 })
    expect(stage.lane().bars.find(({ accessKey }) => accessKey === left?.accessKey)).toMatchObject({
      endedBy: 'function',
    })
    expect(stage.happened('kill')).toMatch(/after 2 hourly runs; refused calls meanwhile: 0\.$/)
    expect(stage.told().some(text => text.endsWith('deleted: it was made and never published.'))).toBe(true)
  })

  test('a publication that never was is not called a lost one: a rotation that is refused says so', async () => {
    await stage.press('kill')
    // The key that was just made counts as another run's work for ten minutes.
    expect(await stage.press('lose-answer')).toBe('Nothing was published: the rotation was refused, 409.')
    expect(await stage.press('kill')).toBe('Nothing was killed: the rotation was refused, 409.')
    await stage.pass({ hours: 3 })
  })

  test('Scaleway is away for ten minutes around an hourly run, which fails; the one after finds all well', async () => {
    expect(await stage.press('away')).toMatch(/^It goes away at \d\d:12, five minutes before the next hourly run\.$/)
    expect(stage.world.buttons.get('kill')?.blocked).toBe('Scaleway is away, or about to be.')
    await stage.pass({ hours: 1 })
    expect(stage.told()).toContain('An hourly run ended early: upstream error, Scaleway answered 503.')
    expect(stage.world.buttons.get('kill')?.blocked).toBeNull()
    await stage.pass({ hours: 1 })
    expect(stage.happened('away')).toMatch(
      /^Away from \d\d:12 to \d\d:22\. All is well 65 minutes later, after 2 hourly runs; refused/,
    )
    expect(stage.world.picture.counters.refused).toBe(0)
  })

  test('the application is refused while the served key is deleted, until the next hourly run has made another', async () => {
    const { world } = stage
    await stage.pass({ minutes: minutesTo(world.machine.now(), 20) })
    expect(await stage.press('delete-key')).toMatch(/^Key ….{4} was deleted in the console\.$/)
    expect(stage.lane().bars.filter(({ endedBy }) => endedBy === 'hand')).toHaveLength(1)
    expect(world.picture.health).toMatchObject({
      state: 'unhealthy',
      problems: [{ code: 'no-usable-key', alarming: true }],
    })
    await stage.pass({ hours: 2 })
    expect(stage.lane().calls.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(['refused', 'renewed']))
    expect(world.picture.counters.refused).toBe(2)
    expect(stage.happened('delete-key')).toMatch(
      /All is well 56 minutes later, after one hourly run; refused calls meanwhile: 2\.$/,
    )
    expect(world.picture.health.state).toBe('healthy')
  })

  test('without its secret nothing is rotated and the application keeps its key; restored, all is well after an hourly run', async () => {
    const { world } = stage
    const before = world.picture.counters
    await stage.press('delete-secret')
    expect(world.buttons.get('delete-secret')?.label).toBe('Restore the secret')
    expect(world.buttons.get('kill')?.blocked).toBe('The secret is deleted: restore it first.')
    expect(await stage.press('rotate')).toMatch(/^409: secret-deleted\./)
    await stage.pass({ hours: 3 })
    expect(world.picture.health).toMatchObject({ state: 'unhealthy', problems: [{ code: 'secret-deleted' }] })
    expect(world.picture.counters).toMatchObject({
      refused: before.refused,
      rotations: before.rotations,
      keysAlive: before.keysAlive,
    })
    expect(world.picture.counters.calls).toBe(before.calls + 6)
    await stage.press('delete-secret')
    await stage.pass({ hours: 1 })
    expect(world.buttons.get('delete-secret')).toMatchObject({ label: 'Delete the secret', blocked: null })
    expect(stage.happened('delete-secret')).toMatch(
      /^The secret was restored\. All is well \d+ minutes later, after one hourly run/,
    )
    expect(world.picture.health.state).toBe('healthy')
  })
})

/** How many minutes there are until the clock says this minute. */
function minutesTo(now: Date, minute: number): number {
  return (60 + minute - now.getUTCMinutes()) % 60
}
