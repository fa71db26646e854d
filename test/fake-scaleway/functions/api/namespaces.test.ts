import { expect, test } from 'vitest'
import { createDeployer, FUNCTIONS } from './deployer.ts'
import { hashedValue } from './hashed-value.ts'

test('a namespace has every field of the platform, pending at first and ready at the first read', async () => {
  const { owner, scaleway, clock } = await createDeployer()
  const created = await owner.call('POST', `${FUNCTIONS}/namespaces`, {
    name: 'key-rotation',
    project_id: '',
    environment_variables: { PLAIN: 'p' },
    secret_environment_variables: [{ key: 'HIDDEN', value: 'h' }],
    tags: null,
  })
  const now = clock.now().toISOString()
  const wire = {
    id: expect.any(String),
    name: 'key-rotation',
    description: '',
    tags: [],
    environment_variables: { PLAIN: 'p' },
    secret_environment_variables: [{ key: 'HIDDEN', hashed_value: hashedValue('h') }],
    organization_id: scaleway.organizationId,
    project_id: scaleway.projectId,
    region: 'fr-par',
    registry_endpoint: expect.stringMatching(/^rg\.fr-par\.scw\.cloud\/funcscwkeyrotation[0-9a-f]{8}$/),
    registry_namespace_id: expect.any(String),
    error_message: null,
    created_at: now,
    updated_at: now,
  }
  expect(created).toMatchObject({ status: 200, contentType: 'application/json' })
  expect(created.body).toEqual({ ...wire, status: 'pending' })
  const read = await owner.call('GET', `${FUNCTIONS}/namespaces/${created.body?.id}`)
  expect(read.body).toEqual({ ...wire, status: 'ready' })
})

test('plain variables are replaced as a whole, secret ones are merged, and null or empty removes one', async () => {
  const { namespace, done } = await createDeployer()
  const secrets = ['KEPT', 'NULL', 'EMPTY', 'OTHER'].map(key => ({ key, value: 'old' }))
  const { id } = await namespace({ environment_variables: { A: '1', B: '2' }, secret_environment_variables: secrets })
  const changed = await done('PATCH', `/namespaces/${id}`, {
    environment_variables: { B: '3' },
    secret_environment_variables: [
      { key: 'NULL', value: null },
      { key: 'EMPTY', value: '' },
      { key: 'OTHER', value: 'new' },
    ],
  })
  expect(changed).toMatchObject({
    environment_variables: { B: '3' },
    secret_environment_variables: [
      { key: 'KEPT', hashed_value: hashedValue('old') },
      { key: 'OTHER', hashed_value: hashedValue('new') },
    ],
  })
  const untouched = await done('PATCH', `/namespaces/${id}`, {
    description: 'd',
    secret_environment_variables: null,
  })
  expect(untouched).toEqual({ ...changed, description: 'd' })
})

test('a namespace’s name is unique in its project and region, and begins with a letter', async () => {
  const { owner, namespace } = await createDeployer()
  await namespace({ name: 'taken' })
  const create = (name: string, region = 'fr-par', project_id = '') =>
    owner.call('POST', `/functions/v1beta1/regions/${region}/namespaces`, { name, project_id })
  expect(await create('taken')).toMatchObject({ status: 409 })
  expect(await create('taken', 'nl-ams')).toMatchObject({ status: 200 })
  expect(await create('taken', 'fr-par', crypto.randomUUID())).toMatchObject({ status: 200 })
  for (const name of ['', '1st', 'under_score']) expect(await create(name)).toMatchObject({ status: 400 })
  expect(await create('free', 'fr-xyz')).toMatchObject({ status: 400 })
})

test('a list finds a namespace by its exact name', async () => {
  const { owner, namespace } = await createDeployer()
  const { id } = await namespace({ name: 'one' })
  await namespace({ name: 'one-more' })
  const { body } = await owner.call('GET', `${FUNCTIONS}/namespaces?name=one&order_by=created_at_asc`)
  expect(body).toMatchObject({ total_count: 1, namespaces: [{ id }] })
})

test('a deleted namespace is answered as deleting, then 404 with only a message, and its name is free', async () => {
  const { owner, namespace, done } = await createDeployer()
  const { id } = await namespace()
  expect(await done('DELETE', `/namespaces/${id}`)).toMatchObject({ id, status: 'deleting' })
  for (const method of ['GET', 'PATCH', 'DELETE']) {
    const answer = await owner.call(method, `${FUNCTIONS}/namespaces/${id}`, method === 'PATCH' ? {} : undefined)
    expect(answer).toMatchObject({ status: 404, body: { message: 'resource is not found' } })
    expect(Object.keys(answer.body ?? {})).toEqual(['message'])
  }
  await namespace()
})

test('what the local Scaleway lacks is answered 501, which no client repeats', async () => {
  const { owner } = await createDeployer()
  for (const path of ['/domains', '/triggers', '/tokens']) {
    expect(await owner.call('POST', `${FUNCTIONS}${path}`, {})).toMatchObject({ status: 501 })
  }
})

test('the runtimes are listed with what they may still be used for', async () => {
  const { owner } = await createDeployer()
  const { body } = await owner.call('GET', `${FUNCTIONS}/runtimes`)
  expect(body?.runtimes).toContainEqual(expect.objectContaining({ name: 'node24', status: 'available' }))
  expect(body?.runtimes).toContainEqual(expect.objectContaining({ name: 'node20', status: 'end_of_support' }))
})
