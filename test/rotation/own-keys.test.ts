import { describe, expect, onTestFinished, test } from 'vitest'
import { identityVariables } from '../../scripts/local/identities.ts'
import { startReceiver } from '../support/receiver.ts'
import { type Deployment, deploy } from '../support/rotation.ts'

/** A healthy deployment whose function knows its own applications. */
async function healthy() {
  const deployment = deploy()
  const rotation = deployment.instance({ env: identityVariables(deployment.ids) })
  await rotation.post()
  return { ...deployment, rotation }
}

/** The same, and a key that somebody else made for one of its own applications. */
async function withStrangeKey(application: 'reader' | 'consumer' = 'reader') {
  const deployment = await healthy()
  const { applicationId } = deployment.ids[application]
  const { accessKey } = deployment.cloud.iam.createApiKey({ applicationId })
  return { ...deployment, accessKey }
}

const alarms = ({ lines }: Pick<Deployment, 'lines'>) =>
  lines.map(line => JSON.parse(line)).filter(({ code }) => code === 'unknown-key')

describe("a key of the deployment's own applications that Terraform did not make", () => {
  test.each([
    ['reader', 'reader'],
    ['consumer', 'consumer-app'],
  ] as const)('is an alarm of the status once no apply can be under way: of the %s', async (application, name) => {
    const { rotation, clock, accessKey } = await withStrangeKey(application)
    clock.advance({ minutes: 15 })
    expect(await rotation.status()).toMatchObject({ status: 200, body: { problems: [], unknown_keys: [] } })
    clock.advance({ minutes: 1 })
    const { status, body } = await rotation.status()
    expect([status, body.problems]).toMatchObject([503, [{ code: 'unknown-key', alarming: true }]])
    expect(JSON.stringify(body.problems)).toContain(`${accessKey} of ${name}`)
    expect(body.unknown_keys).toMatchObject([{ application: name, access_key: accessKey }])
  })

  test('is one line of the log in each hourly run, without any receiver', async () => {
    const deployment = await withStrangeKey()
    const { rotation, clock, accessKey } = deployment
    clock.advance({ minutes: 16 })
    await rotation.post({ action: 'tend' })
    await rotation.post({ action: 'rotate' })
    expect(alarms(deployment)).toMatchObject([{ level: 50, application: 'reader', access_key: accessKey }])
  })

  test('is no alarm any more once it is deleted', async () => {
    const { rotation, clock, cloud, accessKey } = await withStrangeKey()
    clock.advance({ hours: 1 })
    cloud.iam.deleteApiKey(accessKey)
    expect((await rotation.status()).status).toBe(200)
  })

  test('is never touched', async () => {
    const { rotation, clock, cloud, accessKey } = await withStrangeKey()
    for (let run = 0; run < 30; run++) {
      clock.advance({ hours: 1 })
      await rotation.post({ action: 'tend' })
    }
    expect(cloud.iam.apiKeys().map(key => key.accessKey)).toContain(accessKey)
  })

  test.each(['forbidden', 'not-found'] as const)(
    'that IAM does not show is a note with its application: %s',
    async kind => {
      const { rotation, cloud } = await healthy()
      cloud.faults.add({ operation: 'iam.listApiKeys', nth: 2, times: 9, fault: { kind } })
      const { status, body } = await rotation.status()
      expect([status, body.problems]).toMatchObject([200, [{ code: 'keys-hidden', alarming: false }]])
      expect(JSON.stringify(body.problems)).toContain('rotator, reader, operator, consumer-app, monitor-uptime')
    },
  )
})

describe('a notification of a key that was not made here', () => {
  async function watched() {
    const receiver = await startReceiver()
    onTestFinished(() => receiver.close())
    const deployment = deploy()
    const env = {
      ...identityVariables(deployment.ids),
      NOTIFICATION_URL: `${receiver.url}/hook`,
      NOTIFICATION_SECRET: Buffer.from('a signing secret of enough bytes').toString('base64'),
    }
    const rotation = deployment.instance({ env, receiverFetch: receiver.fetch })
    await rotation.post()
    receiver.received.length = 0
    const tend = async () => {
      await rotation.post({ action: 'tend' })
      return receiver.received.splice(0).map(({ body }) => JSON.parse(body))
    }
    return { ...deployment, tend }
  }

  test('is sent by the hourly runs of its first two hours, and not left to the daily report', async () => {
    const { cloud, ids, clock, tend } = await watched()
    const { accessKey } = cloud.iam.createApiKey({ applicationId: ids.reader.applicationId })
    const types: string[] = []
    for (let hour = 0; hour < 4; hour++) {
      clock.advance({ minutes: 55 })
      types.push((await tend()).map(({ type }) => type).join())
    }
    expect(types).toEqual(['key.unknown', 'key.unknown', '', ''])
    expect(accessKey).toMatch(/^SCW/)
  })

  test('names key and application, of the bearer as well', async () => {
    const { cloud, ids, clock, tend } = await watched()
    const ofReader = cloud.iam.createApiKey({ applicationId: ids.reader.applicationId })
    const ofBearer = cloud.iam.createApiKey({ applicationId: ids.applicationId })
    clock.advance({ hours: 1 })
    expect(await tend()).toMatchObject([
      {
        type: 'key.unknown',
        data: {
          keys: [
            { access_key: ofBearer.accessKey, application: 'bearer' },
            { access_key: ofReader.accessKey, application: 'reader' },
          ],
        },
      },
    ])
  })
})
