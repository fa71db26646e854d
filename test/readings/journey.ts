import { expect } from 'vitest'
import { readSmokeOptions } from '../../scripts/smoke/options.ts'
import { smoke } from '../../scripts/smoke/smoke.ts'
import type { Readings } from '../fake-scaleway/index.ts'
import { createApplication } from './application.ts'
import { type AtEnd, type Deployment, deployUnder, type Settings } from './deployment.ts'

/** What a journey is made under. */
export interface Journey {
  readonly readings: Partial<Readings>
  readonly settings?: Settings
  readonly atEnd: AtEnd
}

/** `npm run smoke`, as the person sees it who follows README: its exit code and its lines. */
export async function smokeOf(
  deployment: Deployment,
  { waitSeconds = 0 } = {},
): Promise<{ code: number; lines: string[]; failures: string[] }> {
  const lines: string[] = []
  const options = readSmokeOptions(['--outputs', await deployment.outputsFile(), '--wait', String(waitSeconds)])
  const code = await smoke(options, { token: undefined, print: line => lines.push(line) })
  return { code, lines, failures: lines.filter(line => line.startsWith('FAIL')) }
}

/**
 * The life of a deployment: smoke with the first key, a rotation by the CRON, the end of the overlap, a rollback, a leak, and what
 * is left in the end. An application works all the while, also during every wait of the rotation function, and is never
 * refused for good.
 */
export async function liveUnder({ readings, settings = {}, atEnd }: Journey): Promise<void> {
  const deployment = await deployUnder({
    readings,
    settings,
    atEnd,
    meanwhile: () => application.worksAgain(),
    answered: passTime,
  })
  const { clock } = deployment
  const application = createApplication(deployment)
  atEnd(application.stop)
  const scheduled = scheduleOf(deployment)
  const hours = async (count: number) => {
    for (let hour = 0; hour < count; hour += 1) {
      clock.advance({ hours: 1 })
      await scheduled('tend')
      await application.works()
    }
  }
  const endOverlap = async () => {
    clock.advance({ hours: 119 })
    await hours(4)
  }

  // An apply takes minutes.
  clock.advance({ minutes: 3 })
  const { code, failures } = await smokeOf(deployment, { waitSeconds: 30 })
  expect([code, failures]).toEqual([0, []])
  await application.start()
  await application.works()

  clock.advance({ days: 30 })
  await scheduled('rotate')
  clock.advance({ minutes: 2 })
  expect(await application.revision(), 'the CRON has rotated').toBe(2)
  await application.works()
  await endOverlap()
  expect(deployment.keys(), 'the older key is gone').toHaveLength(1)

  clock.advance({ days: 25 })
  await scheduled('rotate')
  clock.advance({ minutes: 2 })
  await application.works()
  expect(await application.revision()).toBe(3)
  const rollback = await deployment.operate({ action: 'rollback', revision: 3 })
  expect(rollback, 'a rollback').toMatchObject({ status: 200 })
  clock.advance({ minutes: 2 })
  expect(await application.revision(), 'the rollback holds').toBe(2)
  await application.works()

  clock.advance({ hours: 2 })
  const revoked = await revokeUntilDone(deployment)
  expect(revoked, 'a leak').toMatchObject({ status: 200, text: expect.stringContaining('"done":true') })
  await application.works()
  expect(deployment.keys(), 'all older keys are gone').toHaveLength(1)
  clock.advance({ minutes: 2 })
  await application.works()

  await endOverlap()
  const status = await deployment.operate(undefined, 'monitor')
  expect(status).toMatchObject({ status: 200, text: expect.stringContaining('"healthy":true') })
  expect(deployment.keys()).toHaveLength(1)
  expect(deployment.versions().filter(version => version.status === 'enabled')).toHaveLength(1)
  expect(application.seen(), 'no call was refused for good').toEqual(['fetched 200', 'held 200'])
}

/** As its answer says: "Send the same again until it says done." */
async function revokeUntilDone({ operate }: Deployment) {
  let revoked = await operate({ action: 'revoke' })
  for (let sent = 1; sent < 3 && revoked.text.includes('"out-of-time"'); sent += 1) {
    expect(revoked.text).toContain('send the same again until it says done')
    revoked = await operate({ action: 'revoke' })
  }
  return revoked
}

/** Whoever is told that there is no key yet asks again after a while. */
function passTime(status: number, clock: Deployment['clock']): void {
  if (status === 404) clock.advance({ minutes: 1 })
}

/** Who calls by the schedule: the CRON, or where none is ever delivered, a scheduler of one's own with the operator's key. */
function scheduleOf({ fire, operate, cloud }: Deployment) {
  return async (action: 'rotate' | 'tend') => {
    await fire(action)
    if (cloud.state.readings.cronDelivery === 'never') await operate({ action })
  }
}
