import { describe, expect, test } from 'vitest'
import { deploy, simulated } from '../support/rotation.ts'

/** A deployment whose second key was published two minutes ago. */
async function youngKey() {
  const deployment = deploy()
  const { rotation, clock, served, cloud, keys } = deployment
  await rotation.post()
  clock.advance({ days: 30 })
  await rotation.post()
  const published = clock.now()
  clock.advance({ minutes: 2 })
  const young = served()
  if (young === undefined) throw new Error('no key is served')
  const until = new Date(published.getTime() + 600_000).toISOString()
  const works = () => cloud.authenticates(served()?.secretKey ?? '')
  const hide = () => {
    cloud.faults.omitFromLists([young.accessKey])
    cloud.faults.add({
      operation: 'iam.getApiKey',
      rate: 1,
      match: isAbout(young.accessKey),
      fault: { kind: 'not-found' },
    })
  }
  return { ...deployment, young, until, works, hide, first: keys()[0] }
}

describe('a key that a person deletes within its first ten minutes', () => {
  const deleted = async () => {
    const deployment = await youngKey()
    deployment.cloud.iam.deleteApiKey(deployment.young.accessKey)
    return deployment
  }

  test.each([{ action: 'tend' }, { action: 'rotate' }])(
    'ends %o with list-incomplete, which names key, revision, until when, and the body that helps',
    async body => {
      const { rotation, young, until, keys } = await deleted()
      const { status, body: answer } = await rotation.post(body, 'operator')
      expect([status, answer]).toMatchObject([
        502,
        { error: 'list-incomplete', access_key: young.accessKey, revision: 2, retry_after: expect.any(String) },
      ])
      // The version's clock is Scaleway's, and counts from its publication.
      expect(Math.abs(Date.parse(String(answer.retry_after)) - Date.parse(until))).toBeLessThan(60_000)
      expect(answer.message).toContain(`before ${answer.retry_after}`)
      expect(keys()).toHaveLength(1)
    },
  )

  test('is replaced by the body that the message advises to send', async () => {
    const { rotation, works } = await deleted()
    const { body } = await rotation.post({ action: 'rotate' }, 'operator')
    const [advised = ''] = /\{.*\}/.exec(String(body.message)) ?? []
    expect((await rotation.post(JSON.parse(advised), 'operator')).body).toMatchObject({ rotated: true, revision: 3 })
    expect(works()).toBe(true)
    expect((await rotation.status()).status).toBe(200)
  })

  test('is replaced by a revoke', async () => {
    const { rotation, works, keys } = await deleted()
    const { body } = await rotation.post({ action: 'revoke' }, 'operator')
    expect(body).toMatchObject({ rotated: true, revision: 3, done: true })
    expect([works(), keys().length]).toEqual([true, 1])
  })

  test('can be rolled back: the one before is served at once', async () => {
    const { rotation, works } = await deleted()
    const { body } = await rotation.post({ action: 'rollback', revision: 2 }, 'operator')
    expect([body.revision, works()]).toEqual([1, true])
  })

  test('is replaced by the first hourly run after the moment that the answer names', async () => {
    const { rotation, clock, works } = await deleted()
    const { body } = await rotation.post({ action: 'tend' })
    clock.advance({ milliseconds: Date.parse(String(body.retry_after)) - clock.now().getTime() + 1_000 })
    expect((await rotation.post({ action: 'tend' })).body).toMatchObject({ rotated: true, revision: 3 })
    expect(works()).toBe(true)
  })

  test('is an alarm of the status, with the key, until when, and what to press', async () => {
    const { rotation, young } = await deleted()
    const { status, body } = await rotation.status()
    expect([status, body.problems, body.next, body.current]).toMatchObject([
      503,
      [{ code: 'list-incomplete', alarming: true, message: expect.stringContaining('"force":true') }],
      { actions: [], refused: 'list-incomplete' },
      { revision: 2, access_key: young.accessKey },
    ])
    expect(JSON.stringify(body.problems)).toContain(`IAM does not show key ${young.accessKey} of revision 2`)
  })
})

describe('a key that IAM only does not show yet', () => {
  test('is replaced by a forced rotation, and not deleted', async () => {
    const { rotation, hide, works, cloud, young } = await youngKey()
    hide()
    const { body } = await rotation.post({ action: 'rotate', force: true }, 'operator')
    expect(body).toMatchObject({ rotated: true, revision: 3 })
    expect([works(), cloud.authenticates(young.secretKey)]).toEqual([true, true])
  })

  test('is deleted by a revoke before that says done: IAM shows it by the time that the run looks again', async () => {
    const { instance, hide, works, cloud, clock, young } = await youngKey()
    hide()
    const usual = simulated(clock)
    const sleep = async (milliseconds: number) => {
      if (milliseconds > 60_000) cloud.faults.clear()
      await usual.sleep(milliseconds)
    }
    const { body } = await instance({ clock: { ...usual, sleep } }).post({ action: 'revoke' }, 'operator')
    expect(body).toMatchObject({ rotated: true, revision: 3, done: true })
    expect([works(), cloud.authenticates(young.secretKey)]).toEqual([true, false])
  })

  test('keeps working for its overlap after a forced rotation took it for deleted', async () => {
    const { rotation, hide, cloud, clock, young } = await youngKey()
    hide()
    await rotation.post({ action: 'rotate', force: true }, 'operator')
    cloud.faults.clear()
    for (let hour = 0; hour < 119; hour++) {
      clock.advance({ hours: 1 })
      await rotation.post({ action: 'tend' })
      expect(cloud.authenticates(young.secretKey)).toBe(true)
    }
  })
})

function isAbout(accessKey: string) {
  return ({ path }: { path: string }) => path.endsWith(accessKey)
}
