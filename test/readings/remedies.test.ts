import { describe, expect, test } from 'vitest'
import { askStatus } from '../../scripts/status/ask.ts'
import type { Readings } from '../fake-scaleway/index.ts'
import { createApplication } from './application.ts'
import { atEnd } from './at-end.ts'
import { type Deployment, deployUnder } from './deployment.ts'
import { smokeOf } from './journey.ts'

describe('without its setting', () => {
  test.each<[Partial<Readings>, RegExp]>([
    [{ credentialHeaders: 'neither' }, /send_caller_key = true/],
    [{ resourceId: 'absent-on-access' }, /bind_to_secrets = false/],
    [{ listKeys: 'needs-read-only' }, /rotator_extra_permission_sets.*IAMApplicationReadOnly/],
  ])('smoke fails under %o, and one line names %s', async (readings, remedy) => {
    const deployment = await deployUnder({ readings, atEnd })
    const { code, lines } = await smokeOf(deployment)
    expect(code).toBe(1)
    expect(lines.filter(line => remedy.test(line)).length).toBeGreaterThan(0)
  })

  test('smoke names the set once a clean-up is overdue, where no version can be disabled, and no application notices', async () => {
    const deployment = await deployUnder({ readings: { disableVersion: 'full-access' }, atEnd })
    expect((await smokeOf(deployment)).code).toBe(0)
    const application = createApplication(deployment)
    atEnd(application.stop)
    await application.start()
    deployment.clock.advance({ days: 30 })
    expect(await deployment.fire('rotate')).toBe(200)
    deployment.clock.advance({ days: 9 })
    await deployment.fire('tend')
    expect((await problemsOf(deployment)).join()).toContain('cleanup-overdue')
    const { code, lines } = await smokeOf(deployment)
    expect([code, lines.join()]).toEqual([
      1,
      expect.stringMatching(/rotator_extra_permission_sets = \["SecretManagerFullAccess"\]/),
    ])
    await application.works()
    expect(application.seen()).toEqual(['fetched 200', 'held 200'])
  })
})

test('where no CRON is ever delivered, the status says so once a rotation is overdue, and what it says helps', async () => {
  const deployment = await deployUnder({ readings: { cronDelivery: 'never' }, atEnd })
  expect((await smokeOf(deployment)).code).toBe(0)
  for (let day = 0; day < 36; day += 1) {
    deployment.clock.advance({ days: 1 })
    expect(await deployment.fire('tend')).toBe(0)
  }
  expect(await problemsOf(deployment)).toContain('key-too-old: The rotation is overdue. The next hourly run rotates.')
  expect((await deployment.operate({ action: 'tend' })).text).toContain('"rotated":true')
  deployment.clock.advance({ days: 9 })
  expect((await problemsOf(deployment)).join()).toMatch(/cleanup-overdue: .*the hourly run does not come.*POST/)
  for (let run = 0; run < 3; run += 1) {
    expect((await deployment.operate({ action: 'tend' })).status).toBe(200)
    deployment.clock.advance({ hours: 1 })
  }
  expect(await problemsOf(deployment)).toEqual([])
  expect(deployment.keys()).toHaveLength(1)
})

async function problemsOf({ rotationUrl, ids }: Deployment): Promise<string[]> {
  const target = {
    url: rotationUrl,
    token: ids.monitor.secretKey,
    callerHeaders: ['X-Auth-Token', 'Authorization'] as const,
  }
  const { status } = await askStatus(target, { waitSeconds: 0 })
  return status.problems.map(({ code, message }) => `${code}: ${message}`)
}
