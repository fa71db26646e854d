import { expect, test } from 'vitest'
import { RotatedKey } from '../../examples/node/rotated-key.ts'
import { bothHeaders } from '../../scripts/deployment/caller-headers.ts'
import { askStatus } from '../../scripts/status/ask.ts'
import { allReadings } from '../fake-scaleway/index.ts'
import { createApplication } from './application.ts'
import { atEnd } from './at-end.ts'
import { type Deployment, deployUnder } from './deployment.ts'
import { smokeOf } from './journey.ts'

test.each(allReadings.parallelRequests)(
  'whoever asks for the status while a revoke waits gets it, where parallel requests are %s',
  async parallelRequests => {
    const asked: ReturnType<typeof askStatus>[] = []
    const seen: Promise<number>[] = []
    const deployment: Deployment = await deployUnder({
      readings: { parallelRequests },
      atEnd,
      meanwhile: async () => {
        if (asked.length > 0) return
        seen.push(deployment.operate(undefined, 'monitor').then(({ status }) => status))
        asked.push(askStatus(targetOf(deployment), { waitSeconds: 30 }))
        // Else both would still be on their way when the revoke is done.
        if (parallelRequests !== 'queued') await Promise.all(seen)
      },
    })
    await deployment.operate({ action: 'rotate' })
    deployment.clock.advance({ days: 1 })
    asked.length = 0
    seen.length = 0
    const revoked = await deployment.operate({ action: 'revoke' })
    expect(revoked).toMatchObject({ status: 200, text: expect.stringContaining('"done":true') })
    expect(await Promise.all(seen)).toEqual([{ queued: 200, 'refused-429': 429, 'refused-503': 503 }[parallelRequests]])
    const [answer] = await Promise.all(asked)
    expect(answer).toMatchObject({ isHealthy: true })
    expect(deployment.keys()).toHaveLength(1)
  },
)

test.each(allReadings.newKey)(
  'a trigger that calls before the keys of the deployment work harms nothing (a new key works %s)',
  async newKey => {
    const deployment = await deployUnder({ readings: { newKey }, atEnd })
    await deployment.fire('rotate')
    await deployment.fire('tend')
    deployment.clock.advance({ minutes: 3 })
    await deployment.fire('tend')
    deployment.clock.advance({ hours: 2 })
    await deployment.fire('tend')
    const { status } = await askStatus(targetOf(deployment), { waitSeconds: 0 })
    expect(status).toMatchObject({ healthy: true, problems: [] })
    expect(deployment.keys()).toHaveLength(1)
    expect(deployment.versions()).toHaveLength(1)
  },
)

/** A deletion schedules all versions, and a restore brings back those too that were on their way before: more to count, under one name. */
test.each(
  allReadings.scheduledVersions.flatMap(scheduledVersions =>
    allReadings.deletedSecretName.map(deletedSecretName => ({ scheduledVersions, deletedSecretName })),
  ),
)('a deleted secret is restored with all its versions, and rotation goes on every day (%o)', async readings => {
  const deployment = await deployUnder({ readings, keySettings: { ...daily, keep_versions: 1 }, atEnd })
  expect((await smokeOf(deployment)).code).toBe(0)
  const application = createApplication(deployment)
  atEnd(application.stop)
  await application.start()
  await rotateDaily(deployment, 6)
  deployment.cloud.secrets.deleteSecret(deployment.ids.secretId)
  await deployment.fire('tend')
  const { status } = await askStatus(targetOf(deployment), { waitSeconds: 0 })
  expect(status).toMatchObject({ problems: [{ code: 'secret-deleted' }] })
  deployment.clock.advance({ hours: 5 })
  deployment.cloud.secrets.restoreSecret(deployment.ids.secretId)
  await rotateDaily(deployment, 8)
  await application.works()
  expect(application.seen()).toEqual(['fetched 200', 'held 200'])
  expect(await askStatus(targetOf(deployment), { waitSeconds: 0 })).toMatchObject({ status: { problems: [] } })
  expect(deployment.versions()[0]?.revision, 'each day has had its rotation').toBe(15)
})

test.each(allReadings.scheduledVersions)(
  'a key that is rotated daily is rotated each of twenty days, where versions that wait for their deletion %s',
  async scheduledVersions => {
    const deployment = await deployUnder({ readings: { scheduledVersions }, keySettings: daily, atEnd })
    expect((await smokeOf(deployment)).code).toBe(0)
    await rotateDaily(deployment, 20)
    expect(deployment.versions()[0]?.revision).toBe(21)
    expect(await askStatus(targetOf(deployment), { waitSeconds: 0 })).toMatchObject({ status: { problems: [] } })
  },
)

test.each(allReadings.coldStart)(
  'smoke passes, and the example for Node gets its first key within its own limits, after a cold start of %s (40 times as fast)',
  async coldStart => {
    const scaled = (milliseconds: number) => milliseconds / 40
    const deployment = await deployUnder({
      readings: { coldStart },
      atEnd,
      coldStart: milliseconds => new Promise(resolve => setTimeout(resolve, scaled(milliseconds))),
    })
    expect(await smokeOf(deployment)).toMatchObject({ code: 0, failures: [] })
    deployment.clock.advance({ hours: 1 })
    const { ids, retrievalUrl: url } = deployment
    const limits = { timeoutMs: scaled(70_000), startMs: scaled(180_000) }
    const rotated = await RotatedKey.start({ url, consumerKey: ids.consumer.secretKey, ...limits })
    rotated.stop()
    expect(rotated.current.revision).toBe(1)
  },
)

/** As a plan allows for a daily rotation. */
const daily = { rotation_schedule: '0 2 * * *', overlap_hours: 24, max_key_age_days: 5, keep_versions: 3 }

async function rotateDaily({ clock, fire }: Deployment, days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    for (const hours of [2, 1, 1]) {
      clock.advance({ hours })
      await fire('tend')
    }
    clock.advance({ hours: 20 })
    await fire('rotate')
  }
}

function targetOf({ rotationUrl, ids }: Deployment) {
  return { url: rotationUrl, token: ids.monitor.secretKey, callerHeaders: bothHeaders }
}
