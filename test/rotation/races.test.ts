import { describe, expect, test } from 'vitest'
import { type Deployment, deploy } from '../support/rotation.ts'

/** Runs `tend` every few hours for 12 days, and expects one key in the end: the served one. */
async function expectToSettle({ rotation, clock, cloud, keys, served }: Deployment): Promise<void> {
  for (let run = 0; run < 40; run++) {
    clock.advance({ hours: 7 })
    await rotation.post({ action: 'tend' })
    expect(cloud.authenticates(served()?.secretKey ?? '')).toBe(true)
  }
  expect(keys().map(({ accessKey }) => accessKey)).toEqual([served()?.accessKey])
}

/** Does something at the nth call of an operation, before it is handled. */
function meanwhile({ cloud }: Deployment, operation: string, nth: number, intervene: () => void): void {
  let calls = 0
  const match = (call: { operation: string }) => {
    if (call.operation === operation && ++calls === nth) intervene()
    return false
  }
  cloud.faults.add({ match, fault: { kind: 'lost-before' } })
}

describe('two instances at the same time', () => {
  test.each([false, true])(
    'a first rotation each (lists lag: %s) ends with one served key and no key left behind',
    async lags => {
      const deployment = deploy()
      deployment.cloud.faults.listLagSeconds = lags ? 45 : 0
      const instances = [deployment.instance(), deployment.instance()]
      const answers = await Promise.all(instances.map(instance => instance.post({ action: 'rotate', source: 'cron' })))
      expect(answers.map(({ status }) => status)).toContain(200)
      for (const { status, body } of answers) {
        if (status !== 200) expect([status, body.error]).toEqual([409, 'in-flight'])
      }
      deployment.cloud.faults.listLagSeconds = 0
      await expectToSettle(deployment)
    },
  )

  test('two rotations and an hourly run on a key that is due end with one served key', async () => {
    const deployment = deploy()
    await deployment.rotation.post()
    deployment.clock.advance({ days: 36 })
    await Promise.all([
      deployment.instance().post({ action: 'rotate' }),
      deployment.instance().post({ action: 'tend' }),
      deployment.instance().post({ action: 'rotate' }, 'operator'),
    ])
    await expectToSettle(deployment)
  })
})

test('thirty calls at once to one instance make one key, and every answer says what happened', async () => {
  const { rotation, keys } = deploy()
  const answers = await Promise.all(Array.from({ length: 30 }, () => rotation.post()))
  expect(answers.filter(({ body }) => body.rotated === true)).toHaveLength(1)
  expect(answers.filter(({ body }) => body.reason === 'recent')).toHaveLength(29)
  expect(keys()).toHaveLength(1)
})

describe('a person publishes a version while a key is being proven', () => {
  const publishedMeanwhile = (deployment: Deployment) => {
    const { cloud, ids } = deployment
    meanwhile(deployment, 'iam.getApiKey', 2, () => {
      cloud.secrets.addVersion(ids.secretId, { data: '{"API_KEY":"manual","SECRET_KEY":"manual"}' })
    })
  }

  test('a requested rotation gives way: overtaken, and its key is deleted at once', async () => {
    const deployment = deploy()
    const { rotation, clock, keys, versions } = deployment
    await rotation.post()
    clock.advance({ days: 30 })
    publishedMeanwhile(deployment)
    const { status, body } = await rotation.post()
    expect([status, body.error]).toEqual([409, 'overtaken'])
    expect([keys().length, versions().length]).toEqual([1, 2])
  })

  test('an urgent or forced one publishes nevertheless', async () => {
    const urgent = deploy()
    publishedMeanwhile(urgent)
    expect((await urgent.rotation.post()).body).toMatchObject({ rotated: true, revision: 2 })
    const forced = deploy()
    await forced.rotation.post()
    forced.clock.advance({ days: 30 })
    publishedMeanwhile(forced)
    expect((await forced.rotation.post({ force: true }, 'operator')).body).toMatchObject({ rotated: true, revision: 3 })
  })
})

describe('a run that was frozen', () => {
  test('between proof and publication publishes nothing, because its observation is too old', async () => {
    const deployment = deploy()
    const { rotation, clock, versions, keys } = deployment
    meanwhile(deployment, 'secrets.listVersions', 2, () => clock.advance({ minutes: 2 }))
    const { status, body } = await rotation.post()
    expect([status, body.error]).toEqual([504, 'out-of-time'])
    expect([versions().length, keys().length]).toEqual([0, 0])
  })

  test('past its deadline sends nothing more; the next hourly run deletes what it left', async () => {
    const deployment = deploy()
    const { rotation, clock, cloud, versions, keys } = deployment
    meanwhile(deployment, 'iam.createApiKey', 1, () => clock.advance({ hours: 3 }))
    expect((await rotation.post()).status).toBe(504)
    expect(cloud.log.entries.at(-1)?.operation).toBe('iam.createApiKey')
    expect([versions().length, keys().length]).toEqual([0, 1])
    await rotation.post({ action: 'tend' })
    await expectToSettle(deployment)
  })

  test('after it observed the world looks again before it acts', async () => {
    const deployment = deploy()
    const { rotation, clock, cloud } = deployment
    await rotation.post()
    clock.advance({ days: 6 })
    await rotation.post()
    clock.advance({ days: 6 })
    const before = cloud.log.entries.length
    meanwhile(deployment, 'iam.listApiKeys', 1, () => clock.advance({ seconds: 61 }))
    expect((await rotation.post({ action: 'tend' })).status).toBe(200)
    const look = ['secrets.listVersions', 'iam.listApiKeys']
    const calls = cloud.log.entries.slice(before).map(({ operation }) => operation)
    expect(calls.slice(0, 5)).toEqual([...look, ...look, 'secrets.disableVersion'])
  })

  test('whose steady clock stood still while it was frozen is stopped by the wall clock', async () => {
    const deployment = deploy()
    const { instance, clock, versions } = deployment
    const frozen = {
      now: () => ({ wallMs: clock.now().getTime(), steadyMs: 0 }),
      sleep: async (milliseconds: number) => clock.advance({ milliseconds }),
    }
    meanwhile(deployment, 'secrets.listVersions', 2, () => clock.advance({ minutes: 2 }))
    expect((await instance({ clock: frozen }).post()).body.error).toBe('out-of-time')
    expect(versions()).toEqual([])
  })

  test('whose wall clock stands still is stopped by the steady one', async () => {
    const { instance, clock, versions } = deploy()
    let steadyMs = 0
    const wallMs = clock.now().getTime()
    const standing = {
      now() {
        steadyMs += 15_000
        return { wallMs, steadyMs }
      },
      sleep: async () => {},
    }
    expect((await instance({ clock: standing }).post()).body.error).toMatch(/out-of-time|not-proven/)
    expect(versions()).toEqual([])
  })
})

test('a run that waited for its turn does not start an issue that it could not finish in time', async () => {
  const deployment = deploy({ env: { TIMEOUT_SECONDS: '180' } })
  const { rotation, clock, keys } = deployment
  await rotation.post()
  clock.advance({ days: 1 })
  meanwhile(deployment, 'secrets.listVersions', 1, () => clock.advance({ seconds: 70 }))
  const [, waited] = await Promise.all([rotation.post({ action: 'tend' }), rotation.post({ force: true }, 'operator')])
  expect([waited.status, waited.body.error]).toEqual([504, 'out-of-time'])
  expect(keys()).toHaveLength(1)
})
