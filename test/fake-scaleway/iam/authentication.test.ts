import { expect, test } from 'vitest'
import { bearerWith, ownerOf, wireClient } from '../http/wire-client.ts'
import { createScaleway, SimulatedClock } from '../index.ts'

const APPLICATIONS = '/iam/v1alpha1/applications'

function denied(reason: string) {
  return { message: 'authentication is denied', method: 'api_key', reason, type: 'denied_authentication' }
}

test('an unknown secret key is refused as not_found', async () => {
  const answer = await wireClient('11111111-2222-4333-8444-555555555555', createScaleway()).call('GET', APPLICATIONS)
  expect(answer.status).toBe(401)
  expect(answer.body).toEqual(denied('not_found'))
})

test.each(['', 'not-a-uuid'])('the secret key %j is refused as invalid_argument', async secretKey => {
  const answer = await wireClient(secretKey, createScaleway()).call('GET', APPLICATIONS)
  expect(answer.status).toBe(401)
  expect(answer.body).toEqual(denied('invalid_argument'))
})

test('a call without the header is refused as invalid_argument', async () => {
  const answer = await createScaleway().fetch(`http://scaleway.test${APPLICATIONS}`)
  expect(answer.status).toBe(401)
  expect(await answer.json()).toEqual(denied('invalid_argument'))
})

test('a key is refused as expired from the moment that it expires, and not before', async () => {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock })
  const { id: applicationId } = scaleway.iam.createApplication({ name: 'a' })
  const expiresAt = new Date(clock.now().getTime() + 60_000)
  const { secretKey } = scaleway.iam.createApiKey({ applicationId, expiresAt })
  clock.advance({ seconds: 59, milliseconds: 999 })
  expect(scaleway.authenticates(secretKey)).toBe(true)
  clock.advance({ milliseconds: 1 })
  expect(scaleway.authenticates(secretKey)).toBe(false)
  const answer = await wireClient(secretKey, scaleway).call('GET', APPLICATIONS)
  expect(answer.status).toBe(401)
  expect(answer.body).toEqual(denied('expired'))
})

test('a deleted key stops working at once', () => {
  const scaleway = createScaleway()
  const bearer = bearerWith(scaleway)
  expect(scaleway.authenticates(bearer.secretKey)).toBe(true)
  scaleway.iam.deleteApiKey(bearer.accessKey)
  expect(scaleway.authenticates(bearer.secretKey)).toBe(false)
})

test('an unknown route answers 501 and is in the log', async () => {
  const scaleway = createScaleway()
  const answer = await ownerOf(scaleway).call('GET', '/iam/v1alpha1/ssh-keys?page=1')
  expect(answer.status).toBe(501)
  expect(scaleway.log.unknown()).toMatchObject([{ method: 'GET', path: '/iam/v1alpha1/ssh-keys', status: 501 }])
})

test('the metadata of the platform are answered without a credential', async () => {
  const answer = await createScaleway().fetch('http://scaleway.test/metadata')
  expect(answer.status).toBe(200)
  expect(Object.keys(Object(await answer.json())).sort()).toEqual(['domain', 'partition', 'platform'])
})

test('the log says who called what with which result, and holds no key material', async () => {
  const clock = new SimulatedClock()
  const scaleway = createScaleway({ clock })
  const bearer = bearerWith(scaleway)
  await bearer.call('GET', `/iam/v1alpha1/api-keys/${bearer.accessKey}?x=${bearer.secretKey}`)
  expect(scaleway.log.entries).toEqual([
    {
      at: clock.now(),
      operation: 'iam.getApiKey',
      method: 'GET',
      path: `/iam/v1alpha1/api-keys/${bearer.accessKey}`,
      status: 403,
      bearerId: bearer.applicationId,
    },
  ])
  expect(JSON.stringify(scaleway.log.entries)).not.toContain(bearer.secretKey)
})

test.each(['{"name":', '[]', '"text"'])('the body %s is refused with 400', async body => {
  const scaleway = createScaleway()
  const answer = await scaleway.fetch(`http://scaleway.test${APPLICATIONS}`, {
    method: 'POST',
    headers: { 'X-Auth-Token': scaleway.owner.secretKey },
    body,
  })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ type: 'invalid_arguments', details: [{ argument_name: 'body' }] })
})

test('two local Scaleways with the same seed make the same ids and keys', () => {
  const [one, two, other] = [createScaleway({ seed: 7 }), createScaleway({ seed: 7 }), createScaleway({ seed: 8 })]
  expect(one.owner).toEqual(two.owner)
  expect(one.owner).not.toEqual(other.owner)
  expect(one.iam.createApplication({ name: 'a' }).id).toBe(two.iam.createApplication({ name: 'a' }).id)
})
