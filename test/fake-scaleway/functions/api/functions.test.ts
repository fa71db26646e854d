import { expect, test } from 'vitest'
import type { Readings } from '../../index.ts'
import { createDeployer, FUNCTIONS } from './deployer.ts'
import { hashedValue } from './hashed-value.ts'

test('a function has every field of the platform, and what is sent as unknown counts as not given', async () => {
  const { owner, namespace, clock } = await createDeployer()
  const { id: namespaceId } = await namespace()
  const { status, body } = await owner.call('POST', `${FUNCTIONS}/functions`, {
    name: 'rotation',
    namespace_id: namespaceId,
    environment_variables: { PLAIN: 'p' },
    min_scale: 0,
    max_scale: 20,
    runtime: 'node24',
    memory_limit: 128,
    handler: 'dist/main.handle',
    privacy: 'private',
    secret_environment_variables: [{ key: 'HIDDEN', value: 'h' }],
    http_option: 'unknown_http_option',
    sandbox: 'unknown_sandbox',
    tags: null,
  })
  const now = clock.now().toISOString()
  expect(status).toBe(200)
  expect(body).toEqual({
    id: expect.any(String),
    name: 'rotation',
    namespace_id: namespaceId,
    description: '',
    tags: [],
    environment_variables: { PLAIN: 'p' },
    secret_environment_variables: [{ key: 'HIDDEN', hashed_value: hashedValue('h') }],
    runtime: 'node24',
    runtime_message: '',
    handler: 'dist/main.handle',
    privacy: 'private',
    min_scale: 0,
    max_scale: 20,
    memory_limit: 128,
    cpu_limit: 70,
    timeout: '300s',
    http_option: 'enabled',
    sandbox: 'v2',
    private_network_id: null,
    domain_name: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    region: 'fr-par',
    status: 'created',
    error_message: null,
    build_message: null,
    created_at: now,
    updated_at: now,
    ready_at: null,
  })
  const read = await owner.call('GET', `${FUNCTIONS}/functions/${body?.id}`)
  expect(read.body).toEqual(body)
})

test.each<[Readings['environmentValue'], readonly [number, number, number]]>([
  ['1000', [200, 400, 400]],
  ['65536', [200, 200, 400]],
])('a plain value may have %s characters', async (environmentValue, expected) => {
  const { owner, namespace, create } = await createDeployer({ readings: { environmentValue } })
  const { id: namespaceId } = await namespace()
  const { id } = await create(namespaceId)
  for (const path of [`${FUNCTIONS}/functions/${id}`, `${FUNCTIONS}/namespaces/${namespaceId}`]) {
    const statuses = [1_000, 65_536, 65_537].map(async length => {
      const answer = await owner.call('PATCH', path, { environment_variables: { LONG: 'x'.repeat(length) } })
      return answer.status
    })
    expect(await Promise.all(statuses)).toEqual(expected)
  }
})

test('what is not given has the API’s own defaults', async () => {
  const { namespace, done } = await createDeployer()
  const { id } = await namespace()
  const bare = await done('POST', '/functions', { namespace_id: id, name: 'f', runtime: 'node22' })
  expect(bare).toMatchObject({ privacy: 'public', max_scale: 5, memory_limit: 256, cpu_limit: 140, timeout: '300s' })
})

test('a change keeps what it does not name', async () => {
  const { namespace, create, done } = await createDeployer()
  const created = await create((await namespace()).id, { timeout: '60.000000000s', max_scale: 1 })
  const changed = await done('PATCH', `/functions/${created.id}`, {
    redeploy: false,
    memory_limit: 512,
    http_option: 'redirected',
    runtime: 'unknown_runtime',
    privacy: 'unknown_privacy',
    sandbox: 'unknown_sandbox',
    secret_environment_variables: null,
  })
  expect(changed).toEqual({ ...created, memory_limit: 512, cpu_limit: 280, http_option: 'redirected' })
})

test.each([
  { field: 'name', value: '' },
  { field: 'name', value: 'a'.repeat(35) },
  { field: 'name', value: 'Under_Score' },
  { field: 'runtime', value: 'unknown_runtime' },
  { field: 'runtime', value: 'node20' },
  { field: 'runtime', value: 'node25' },
  { field: 'memory_limit', value: 192 },
  { field: 'memory_limit', value: '256' },
  { field: 'timeout', value: '9s' },
  { field: 'timeout', value: '3601s' },
  { field: 'timeout', value: '5m' },
  { field: 'max_scale', value: 0 },
  { field: 'max_scale', value: 51 },
  { field: 'min_scale', value: 6 },
  { field: 'privacy', value: 'secret' },
  { field: 'environment_variables', value: { SCW_SECRET_KEY: 'x' } },
  { field: 'environment_variables', value: { LONG: 'x'.repeat(65_537) } },
  { field: 'environment_variables', value: { NUMBER: 1 } },
  { field: 'secret_environment_variables', value: [{ key: 'SCW_SECRET_KEY', value: 'x' }] },
  { field: 'secret_environment_variables', value: [{ key: 'LONG', value: 'x'.repeat(65_537) }] },
])('a function with $field $value is refused with 400', async ({ field, value }) => {
  const { owner, namespace, deployments } = await createDeployer()
  const { id } = await namespace()
  const body = { namespace_id: id, name: 'function', runtime: 'node24', [field]: value }
  const answer = await owner.call('POST', `${FUNCTIONS}/functions`, body)
  expect(answer).toMatchObject({ status: 400, body: { details: [{ argument_name: field }] } })
  expect(deployments.functions()).toEqual([])
})

test('a namespace and its function may have 200 variables together, and no name that the platform reserves', async () => {
  const { owner, namespace, create } = await createDeployer()
  const variables = (count: number, prefix: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}_${index}`, 'x']))
  const { id } = await namespace({ environment_variables: variables(150, 'SPACE') })
  const body = { namespace_id: id, name: 'more', runtime: 'node24', environment_variables: variables(51, 'OWN') }
  expect(await owner.call('POST', `${FUNCTIONS}/functions`, body)).toMatchObject({ status: 400 })
  await create(id, { environment_variables: variables(50, 'OWN') })
  const patch = (environment_variables: object) =>
    owner.call('PATCH', `${FUNCTIONS}/namespaces/${id}`, { environment_variables })
  expect(await patch(variables(151, 'SPACE'))).toMatchObject({ status: 400 })
  expect(await patch({ SCW_DEFAULT_REGION: 'x' })).toMatchObject({ status: 400 })
})

test('a name is unique in its namespace, also when two functions are created at once', async () => {
  const { owner, namespace, deployments } = await createDeployer()
  const { id } = await namespace()
  const { id: other } = await namespace({ name: 'other' })
  const create = (namespace_id: string) =>
    owner.call('POST', `${FUNCTIONS}/functions`, { namespace_id, name: 'same', runtime: 'node24' })
  const answers = await Promise.all([create(id), create(id), create(other)])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409])
  expect(deployments.functions()).toHaveLength(2)
})

test('a list finds a function by its exact name in a namespace', async () => {
  const { owner, namespace, create } = await createDeployer()
  const { id } = await namespace()
  const { id: other } = await namespace({ name: 'other' })
  const wanted = await create(id, { name: 'key' })
  await create(id, { name: 'key-2' })
  await create(other, { name: 'key' })
  const query = `name=key&namespace_id=${id}&order_by=created_at_asc`
  const { body } = await owner.call('GET', `${FUNCTIONS}/functions?${query}`)
  expect(body).toEqual({ total_count: 1, functions: [wanted] })
})

test('a function without code becomes an error when it is changed or deployed, as on the platform', async () => {
  const { namespace, create, done } = await createDeployer()
  const { id } = await create((await namespace()).id)
  expect(await done('PATCH', `/functions/${id}`, { description: 'd' })).toMatchObject({ status: 'pending' })
  const wire = { status: 'error', error_message: 'internal error' }
  expect(await done('GET', `/functions/${id}`)).toMatchObject(wire)
  await done('POST', `/functions/${id}/deploy`, {})
  expect(await done('GET', `/functions/${id}`)).toMatchObject(wire)
})
