import { afterAll, beforeAll, expect, test } from 'vitest'
import { bothHeaders, credentialIn } from '../../../scripts/deployment/caller-headers.ts'
import { DeploymentWatch } from '../../../scripts/page/deployment/watch.ts'
import type { Picture } from '../../../scripts/page/picture.ts'
import { askStatus } from '../../../scripts/status/ask.ts'
import { type Deployment, startDeployment } from '../../commands/smoke/deployment.ts'

let deployment: Deployment
let watch: DeploymentWatch
let url: string
let token: string
beforeAll(async () => {
  deployment = await startDeployment()
  url = String(deployment.outputs.rotation_url?.value)
  token = deployment.ids.operator.secretKey
  const ask = async () => (await askStatus({ url, token, callerHeaders: bothHeaders }, { waitSeconds: 5 })).status
  watch = await DeploymentWatch.start({ ask, name: 'default', everyMs: 100 })
})
afterAll(() => watch.close())

test('a rotation between two looks is in the next picture, as a key and as what happened', async () => {
  expect(watch.picture.health.state).toBe('unhealthy')
  expect((await fetch(url, { method: 'POST', headers: credentialIn(bothHeaders, token) })).status).toBe(200)
  const { lanes, happenings } = await picture(({ health }) => health.state === 'healthy')
  expect(lanes[0]?.bars.map(({ revision }) => revision)).toEqual([1])
  const told = happenings.map(({ text, code }) => [text, code])
  expect(told[0]).toEqual(['The first look: not healthy.', null])
  expect(told).toContainEqual([expect.stringMatching(/^Key …\w{4} published as revision 1\.$/), null])
  expect(told).toContainEqual(['This is over:', 'no-usable-key'])
  expect(told.at(-1)).toEqual(['Healthy again.', null])
  expect(happenings.map(({ id }) => id)).toEqual(happenings.map((_, index) => index + 1))
})

test('while it cannot be asked the last picture stays, with the reason, and nothing is told twice', async () => {
  const before = watch.picture
  await deployment.close()
  await picture(({ health }) => health.state === 'unknown')
  // Another look that fails as well.
  const { now } = watch.picture
  const { health, lanes, happenings, table } = await picture(later => later.now > now)
  expect(lanes).toEqual(before.lanes)
  expect(health.problems.map(({ code }) => code)).toEqual(['no-status'])
  expect(happenings.slice(before.happenings.length).map(({ text }) => text)).toEqual(['The status cannot be read.'])
  expect(table).toMatch(/^No server at .*\n\nThe last status:\n\nhealthy\n/)
  expect(table.split('The last status:')).toHaveLength(2)
})

/** Waits for a picture. */
function picture(isWanted: (picture: Picture) => boolean): Promise<Picture> {
  return new Promise(resolve => {
    const look = () => isWanted(watch.picture) && resolve(watch.picture)
    watch.onChange = look
    look()
  })
}
