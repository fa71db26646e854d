import { afterEach, describe, expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { type Deployment, deploy, type Instance } from '../support/rotation.ts'

const receivers: Receiver[] = []

afterEach(async () => {
  await Promise.all(receivers.splice(0).map(receiver => receiver.close()))
})

/** A function whose rotator has a key that expires after so many days, and the access key of it. */
function rotatorEnding({ cloud, clock, ids, instance }: Deployment, inDays: number, receiver?: Receiver): Rotator {
  const expiresAt = new Date(clock.now().getTime() + inDays * 86_400_000)
  const made = cloud.iam.createApiKey({ applicationId: ids.rotator.applicationId, expiresAt })
  const receiverEnv = receiver && {
    HEARTBEAT_URL: `${receiver.url}/beat`,
    NOTIFICATION_URL: `${receiver.url}/hook`,
    NOTIFICATION_SECRET: Buffer.from('a signing secret of enough bytes').toString('base64'),
  }
  const rotation = instance({
    env: {
      ROTATOR_ACCESS_KEY: made.accessKey,
      ROTATOR_SECRET_KEY: made.secretKey,
      IDENTITY_ROTATOR: JSON.stringify({
        name: 'rotator',
        application_id: ids.rotator.applicationId,
        access_keys: [made.accessKey, ids.rotator.accessKey],
      }),
      ...receiverEnv,
    },
    ...(receiver && { receiverFetch: receiver.fetch }),
  })
  return { rotation, ownKey: made.accessKey }
}

interface Rotator {
  readonly rotation: Instance
  readonly ownKey: string
}

describe("the rotator's own key is in the status", () => {
  test('with its age, and without an expiry where it has none', async () => {
    const { rotation, clock, ids } = deploy()
    clock.advance({ days: 3 })
    await rotation.post()
    const { status, body } = await rotation.status()
    expect([status, body.problems]).toEqual([200, []])
    expect(body.rotator_key).toEqual({
      access_key: ids.rotator.accessKey,
      created_at: '2026-03-01T02:00:00.000Z',
      age_days: 3,
      expires_at: null,
    })
  })

  test('and is an alarm in the two weeks before its expiry', async () => {
    const deployment = deploy()
    const { rotation } = rotatorEnding(deployment, 20)
    await rotation.post({}, 'operator')
    deployment.clock.advance({ days: 5 })
    expect((await rotation.status()).status).toBe(200)
    deployment.clock.advance({ days: 2 })
    const { status, body } = await rotation.status()
    expect([status, body.problems]).toMatchObject([503, [{ code: 'rotator-key-expires-soon', alarming: true }]])
    expect(JSON.stringify(body.problems)).toContain('2026-03-21T02:00:00.000Z')
  })

  test('and is an alarm once it is more than a year old', async () => {
    const { rotation, clock } = deploy()
    clock.advance({ days: 364 })
    await rotation.post()
    expect((await rotation.status()).status).toBe(200)
    clock.advance({ days: 2 })
    const { status, body } = await rotation.status()
    expect([status, body.problems]).toMatchObject([503, [{ code: 'rotator-key-old', alarming: true }]])
  })

  test.each(['forbidden', 'not-found'] as const)(
    'as null while IAM answers with %s, and the rest of the status is given',
    async kind => {
      const { rotation, cloud } = deploy()
      await rotation.post()
      cloud.faults.add({ operation: 'iam.getApiKey', times: 9, fault: { kind } })
      const { status, body } = await rotation.status()
      expect([status, body.rotator_key]).toEqual([200, null])
      expect(body.problems).toMatchObject([{ code: 'rotator-key-unknown', alarming: false }])
    },
  )

  test('and when IAM does not answer, neither does the status', async () => {
    const { rotation, cloud } = deploy()
    await rotation.post()
    cloud.faults.add({ operation: 'iam.getApiKey', times: 9, fault: { kind: 'lost-before' } })
    expect(await rotation.status()).toMatchObject({ status: 502, body: { error: 'upstream-unreachable' } })
  })
})

describe('an hourly run', () => {
  async function hourlyRuns(inDays: number) {
    const deployment = deploy()
    const receiver = await startReceiver()
    receivers.push(receiver)
    const { rotation, ownKey } = rotatorEnding(deployment, inDays, receiver)
    await rotation.post({}, 'operator')
    const runAt0817 = async () => {
      const next = new Date(deployment.clock.now())
      next.setUTCHours(8 + 24, 17, 0, 0)
      deployment.clock.advance({ milliseconds: next.getTime() - deployment.clock.now().getTime() })
      receiver.received.length = 0
      await rotation.post({ action: 'tend' }, 'operator')
      return receiver.received.map(({ url, body }) => (url === '/beat' ? 'beat' : JSON.parse(body)))
    }
    return { deployment, ownKey, runAt0817 }
  }

  test("notifies once a day that the rotator's key expires soon, and sends no heartbeat then", async () => {
    const { runAt0817 } = await hourlyRuns(16)
    expect(await runAt0817()).toEqual(['beat'])
    const [notification, ...more] = await runAt0817()
    expect(more).toEqual([])
    expect(notification).toMatchObject({
      type: 'problem.standing',
      data: { problems: [{ code: 'rotator-key-expires-soon' }], failures: [] },
      text: expect.stringContaining('terraform apply -replace=scaleway_iam_api_key.rotator'),
    })
  })

  test('reads the key, and a rotation does not', async () => {
    const { deployment, ownKey, runAt0817 } = await hourlyRuns(100)
    const reads = () => deployment.cloud.log.entries.filter(({ path }) => path.endsWith(`/${ownKey}`)).length
    expect(reads()).toBe(0)
    await runAt0817()
    expect(reads()).toBe(1)
  })

  test('that cannot read the key for a moment still counts as healthy', async () => {
    const { deployment, runAt0817 } = await hourlyRuns(100)
    deployment.cloud.faults.add({ operation: 'iam.getApiKey', times: 9, fault: { kind: 'lost-before' } })
    expect(await runAt0817()).toEqual(['beat'])
    expect(deployment.lines.filter(line => line.includes("the deployment's own keys could not be read"))).toHaveLength(
      1,
    )
  })
})
