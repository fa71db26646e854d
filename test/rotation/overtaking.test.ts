import { describe, expect, test } from 'vitest'
import type { Fetch } from '../../functions/rotation/fetch.ts'
import { type Answered, type Deployment, deploy, simulated } from '../support/rotation.ts'
import { key, planFor, version, words } from '../support/worlds.ts'

/** A deployment whose second key was published a day ago. */
async function twoKeys(): Promise<Deployment> {
  const deployment = deploy()
  await deployment.rotation.post()
  deployment.clock.advance({ days: 30 })
  await deployment.rotation.post()
  deployment.clock.advance({ days: 1 })
  return deployment
}

type Call = 'publishes' | 'lists once more' | 'disables'

function isCall(call: Call, { method, url }: Request, listed: number): boolean {
  if (call === 'disables') return url.endsWith('/disable')
  if (call === 'publishes') return method === 'POST' && url.endsWith('/versions')
  return method === 'GET' && url.includes('/versions?') && listed === 2
}

/** A fetch that does something, and waits for it, just before the first call of that kind. */
function justBefore(call: Call, { cloud }: Deployment, intervene: () => Promise<unknown>): Fetch {
  let listed = 0
  let isDone = false
  return async (request, options) => {
    if (request.method === 'GET' && request.url.includes('/versions?')) listed += 1
    if (!isDone && isCall(call, request, listed)) {
      isDone = true
      await intervene()
    }
    return cloud.fetch(request, options)
  }
}

/** A monthly rotation during which, just before that call, an operator rolls back revision 2 through another instance. */
async function rolledBackBefore(
  call: Call,
  deployment: Deployment,
): Promise<{ rotation: Answered; rollback: Answered }> {
  const { instance, clock } = deployment
  const answers: Answered[] = []
  const fetch = justBefore(call, deployment, async () => {
    answers.push(await instance().post({ action: 'rollback', revision: 2 }, 'operator'))
    clock.advance({ seconds: 1 })
  })
  const rotation = await instance({ fetch }).post()
  const [rollback] = answers
  if (rollback === undefined) throw new Error('the rotation never made that call')
  return { rotation, rollback }
}

describe('a rotation that was under way when a revision was rolled back', () => {
  test.each([0, 30])('gives way if it lists versions after that, also while lists lag %i s', async lagSeconds => {
    const deployment = await twoKeys()
    deployment.cloud.faults.listLagSeconds = lagSeconds
    const { rotation, rollback } = await rolledBackBefore('lists once more', deployment)
    expect([rollback.status, rotation.status, rotation.body.error]).toEqual([200, 409, 'overtaken'])
    expect([deployment.served()?.revision, deployment.keys().length]).toEqual([1, 2])
  })

  test('rolls back its own publication if that was sent already', async () => {
    const deployment = await twoKeys()
    const { rotation, rollback } = await rolledBackBefore('publishes', deployment)
    expect([rollback.status, rotation.status]).toEqual([200, 200])
    expect(rotation.body.actions).toMatchObject([
      { kind: 'issue', revision: 3 },
      { kind: 'retire', revision: 3, reason: 'rolled-back' },
    ])
    expect(deployment.served()?.revision).toBe(1)
    expect((await deployment.rotation.status()).body).toMatchObject({
      current: { revision: 1 },
      problems: [{ code: 'rolled-back' }],
    })
  })

  test('and was killed after publishing is rolled back by the next hourly run', async () => {
    const deployment = await twoKeys()
    const { cloud, instance, clock, rotation } = deployment
    const killed = new Promise(resolve => {
      cloud.faults.onKill = resolve
    })
    cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'kill-after' } })
    const fetch = justBefore('publishes', deployment, async () => {
      await instance().post({ action: 'rollback', revision: 2 }, 'operator')
      clock.advance({ seconds: 1 })
    })
    await Promise.race([killed, instance({ fetch }).post()])
    cloud.faults.clear()
    expect(deployment.served()?.revision).toBe(3)
    clock.advance({ hours: 1 })
    await rotation.post({ action: 'tend' })
    expect(deployment.served()?.revision).toBe(1)
  })
})

describe('a rollback', () => {
  test('of a revision that a lagging list still shows as the newest is refused as not current', async () => {
    const deployment = await twoKeys()
    const { cloud, rotation, clock, served } = deployment
    cloud.faults.listLagSeconds = 30
    await rotation.post({ force: true }, 'operator')
    clock.advance({ seconds: 5 })
    const { status, body } = await rotation.post({ action: 'rollback', revision: 2 }, 'operator')
    expect([status, body.error, body.current_revision]).toEqual([409, 'not-current', 3])
    expect(served()?.revision).toBe(3)
  })

  test('during which a rotation publishes rolls back that version as well', async () => {
    const deployment = await twoKeys()
    const { instance, served } = deployment
    let publish = () => {}
    const published = new Promise<void>(resolve => {
      publish = resolve
    })
    let rotation: Promise<Answered> | undefined
    const slow = justBefore('publishes', deployment, () => published)
    const hurried = justBefore('disables', deployment, async () => {
      publish()
      await rotation
    })
    rotation = instance({ fetch: slow }).post()
    const { status, body } = await instance({ fetch: hurried }).post({ action: 'rollback', revision: 2 }, 'operator')
    expect((await rotation).body.rotated).toBe(true)
    expect([status, body.revision]).toEqual([200, 1])
    expect(body.actions).toMatchObject([{ revision: 2 }, { revision: 3, reason: 'rolled-back' }])
    expect(served()?.revision).toBe(1)
  })
})

test('a rollback during which a leaked key is replaced leaves the new key alone', async () => {
  const deployment = await twoKeys()
  const { instance, served, cloud } = deployment
  const hurried = justBefore('disables', deployment, () => instance().post({ action: 'revoke' }, 'operator'))
  await instance({ fetch: hurried }).post({ action: 'rollback', revision: 2 }, 'operator')
  expect(served()?.revision).toBe(3)
  expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
})

describe('nothing is rolled back because of', () => {
  test('a person who disables the previous version right after a rotation', async () => {
    const deployment = await twoKeys()
    const { rotation, cloud, ids, clock, served } = deployment
    await rotation.post({ force: true }, 'operator')
    cloud.secrets.disableVersion(ids.secretId, 2)
    clock.advance({ minutes: 10 })
    await rotation.post({ action: 'tend' })
    expect(served()?.revision).toBe(3)
  })

  test('a version that was disabled as superseded while the new key was being proven', () => {
    const superseded = version(1, 'A', 900, { status: 'disabled', updatedHoursAgo: 1.005 })
    const newest = version(3, 'C', 1)
    const planned = planFor([newest, version(2, 'B', 130), superseded], [key('A', 900), key('B', 130), key('C', 1.01)])
    expect(words(planned)).toEqual(['revoke A superseded'])
  })

  const rolledBack = version(2, 'B', 100, { status: 'disabled', updatedHoursAgo: 1.005 })
  const keys = [key('A', 300), key('B', 100), key('C', 1.01)]
  const older = version(1, 'A', 300)

  test('a publication that replaces a leaked key, or one without an older version to fall back to', () => {
    expect(words(planFor([version(3, 'C', 1), rolledBack, older], keys))).toEqual(['retire 3 rolled-back'])
    const flagged = version(3, 'C', 1, { compromise: true })
    expect(words(planFor([flagged, rolledBack, older], keys))).not.toContain('retire 3 rolled-back')
    expect(words(planFor([version(3, 'C', 1), rolledBack], keys.slice(1)))).toEqual([])
  })

  test('a key that was made after the rollback', () => {
    const young = [key('A', 300), key('B', 100), key('C', 1.002)]
    expect(words(planFor([version(3, 'C', 1), rolledBack, older], young))).toEqual([])
  })
})

describe('revoke', () => {
  test('leaves a key alone that another run is about to publish, and says done once that run has published it', async () => {
    const deployment = await twoKeys()
    const { instance, cloud, clock, served, keys } = deployment
    cloud.faults.listLagSeconds = 0.3
    let publish = () => {}
    const published = new Promise<void>(resolve => {
      publish = resolve
    })
    const slow = justBefore('publishes', deployment, () => published)
    const forced = instance({ fetch: slow, clock: { ...simulated(clock), sleep: async () => {} } }).post(
      { force: true },
      'operator',
    )
    clock.advance({ milliseconds: 100 })
    const waits: number[] = []
    const patient = {
      ...simulated(clock),
      sleep: async (milliseconds: number) => {
        clock.advance({ milliseconds })
        if (milliseconds < 10_000) return
        waits.push(milliseconds)
        publish()
        await forced
      },
    }
    const { body } = await instance({ clock: patient }).post({ action: 'revoke' }, 'operator')
    expect(body).toMatchObject({ rotated: true, done: true })
    expect(waits.length).toBeGreaterThan(0)
    expect((await forced).body).toMatchObject({ rotated: true, revision: 4 })
    expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
    expect(keys()).toHaveLength(2)
  })

  test('waits until no other run can publish an older key any more, and then deletes it', async () => {
    const deployment = await twoKeys()
    const { instance, cloud, clock, keys } = deployment
    cloud.faults.listLagSeconds = 0.3
    const killed = new Promise(resolve => {
      cloud.faults.onKill = resolve
    })
    cloud.faults.add({ operation: 'secrets.createVersion', fault: { kind: 'kill-before' } })
    await Promise.race([
      killed,
      instance({ clock: { ...simulated(clock), sleep: async () => {} } }).post({ force: true }, 'operator'),
    ])
    const begunMs = clock.now().getTime()
    clock.advance({ milliseconds: 100 })
    const { body } = await instance().post({ action: 'revoke' }, 'operator')
    expect(body.done).toBe(true)
    expect(keys()).toHaveLength(1)
    expect(clock.now().getTime() - begunMs).toBeGreaterThan(200_000)
  })
})
