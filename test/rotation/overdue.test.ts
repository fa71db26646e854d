import { describe, expect, test } from 'vitest'
import type { Key, Version } from '../../functions/rotation/plan/world.ts'
import { overdueCleanUp } from '../../functions/rotation/status/overdue.ts'
import { type Deployment, deploy } from '../support/rotation.ts'
import { key, now, policy, version } from '../support/worlds.ts'

/** What is overdue, in words: `retire 1`, `revoke A`. Takes versions newest first. */
function overdue(versions: readonly Version[], keys: readonly Key[]): string[] {
  return overdueCleanUp({ world: { versions, keys }, policy, now }).map(action =>
    action.kind === 'retire' ? `retire ${action.revision}` : `revoke ${action.accessKey.at(-1)}`,
  )
}

const releasedAfterHours = 121
const patienceHours = 72

describe('a clean-up is overdue three days after it became due', () => {
  const superseded = (newerAgeHours: number, status: 'enabled' | 'disabled', updatedHoursAgo = 800) =>
    overdue(
      [version(2, 'B', newerAgeHours), version(1, 'A', 800, { status, updatedHoursAgo })],
      [key('A', 800), key('B', newerAgeHours)],
    )

  test('a superseded version that is still enabled', () => {
    expect(superseded(releasedAfterHours + patienceHours - 1, 'enabled')).toEqual([])
    expect(superseded(releasedAfterHours + patienceHours + 1, 'enabled')).toEqual(['retire 1'])
  })

  test('its key, but not in the hourly run after the version was disabled late', () => {
    const ageHours = releasedAfterHours + patienceHours + 20
    expect(superseded(ageHours, 'disabled', 80)).toEqual(['revoke A'])
    expect(superseded(ageHours, 'disabled', 1)).toEqual([])
    expect(superseded(ageHours, 'disabled', patienceHours)).toEqual(['revoke A'])
  })

  test('an orphan, an expired key', () => {
    const served = [version(1, 'B', 300)]
    const withKey = (other: Key) => overdue(served, [key('B', 300), other])
    expect(withKey(key('A', 1 + patienceHours - 0.5))).toEqual([])
    expect(withKey(key('A', 1 + patienceHours + 0.5))).toEqual(['revoke A'])
    expect(withKey(key('A', 700, { endsInHours: -71 }))).toEqual(['revoke A'])
  })

  test('never a version whose key is deleted, because nothing says since when', () => {
    const world = [version(2, 'B', 100), version(1, 'A', 800)]
    expect(overdue(world, [key('B', 100)])).toEqual([])
  })

  test('what a leak made due, after two hours', () => {
    const leaked = (agoHours: number) =>
      overdue(
        [version(2, 'B', agoHours, { compromise: true }), version(1, 'A', 300)],
        [key('A', 300), key('B', agoHours)],
      )
    expect(leaked(1.9)).toEqual([])
    expect(leaked(2)).toContain('retire 1')
  })
})

describe('the status', () => {
  async function withOverlapOver(): Promise<Deployment> {
    const deployment = deploy()
    await deployment.rotation.post()
    deployment.clock.advance({ days: 30 })
    await deployment.rotation.post()
    deployment.clock.advance({ hours: releasedAfterHours + 1 })
    return deployment
  }

  test('alarms when no hourly run came for three days, until the next ones have cleaned up', async () => {
    const { rotation, clock, keys } = await withOverlapOver()
    const [first] = keys()
    expect((await rotation.status()).status).toBe(200)
    clock.advance({ days: 3 })
    const { status, body } = await rotation.status()
    expect([status, body.problems]).toMatchObject([503, [{ code: 'cleanup-overdue', alarming: true }]])
    expect(JSON.stringify(body.problems)).toContain(first?.accessKey)
    await rotation.post({ action: 'tend' })
    await rotation.post({ action: 'tend' })
    expect(keys()).toHaveLength(1)
    expect((await rotation.status()).status).toBe(200)
  })

  test('alarms when hourly runs come and cannot finish', async () => {
    const { rotation, clock, cloud } = await withOverlapOver()
    cloud.faults.add({ operation: 'secrets.disableVersion', times: 10_000, fault: { kind: 'forbidden' } })
    for (let run = 0; run < 12; run++) {
      expect((await rotation.post({ action: 'tend' })).status).toBe(502)
      clock.advance({ hours: 6 })
    }
    expect(await rotation.status()).toMatchObject({ status: 503, body: { problems: [{ code: 'cleanup-overdue' }] } })
  })

  test('never alarms in half a year of monthly rotations and one run a day', async () => {
    const { rotation, clock } = deploy()
    for (let day = 0; day < 180; day++) {
      await rotation.post(day % 30 === 0 ? '' : { action: 'tend' })
      expect(await rotation.status()).toMatchObject({ status: 200, body: { problems: [] } })
      clock.advance({ days: 1 })
    }
  })
})
