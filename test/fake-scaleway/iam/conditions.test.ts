import { expect, test } from 'vitest'
import { bearerWith } from '../http/wire-client.ts'
import { createScaleway, SimulatedClock } from '../index.ts'
import { compileCondition } from './conditions.ts'

const SECRETS = '/secret-manager/v1beta1/regions/fr-par/secrets'

function setUp(condition: (ids: { secretId: string; accessKey: string }) => string, sets: readonly string[]) {
  const clock = new SimulatedClock(new Date('2026-05-05T12:00:00Z'))
  const scaleway = createScaleway({ clock })
  const { id: secretId } = scaleway.secrets.createSecret({ name: 'key', path: '/rotated' })
  const { id: otherId } = scaleway.secrets.createSecret({ name: 'key' })
  for (const id of [secretId, otherId]) scaleway.secrets.addVersion(id, { data: 'x' })
  const applicationId = scaleway.iam.createApplication({ name: 'target' }).id
  const { accessKey } = scaleway.iam.createApiKey({ applicationId })
  const isOrganization = sets.some(set => set.startsWith('IAM'))
  const scope = isOrganization ? { organizationId: scaleway.organizationId } : { projectIds: [scaleway.projectId] }
  const client = bearerWith(scaleway, [
    { permissionSetNames: sets, ...scope, condition: condition({ secretId, accessKey }) },
  ])
  const status = async (method: string, path: string, body?: object, headers?: Record<string, string>) =>
    (await client.call(method, path, body, headers)).status
  return { scaleway, clock, secretId, otherId, applicationId, accessKey, status }
}

test('a condition on resource.id allows the calls that name that secret, and no other secret', async () => {
  const { secretId, otherId, status } = setUp(ids => `resource.id == "${ids.secretId}"`, ['SecretManagerFullAccess'])
  expect(await status('GET', `${SECRETS}/${secretId}`)).toBe(200)
  expect(await status('GET', `${SECRETS}/${secretId}/versions/1/access`)).toBe(200)
  expect(await status('POST', `${SECRETS}/${secretId}/versions`, { data: 'eA==' })).toBe(200)
  expect(await status('GET', `${SECRETS}/${otherId}`)).toBe(403)
  expect(await status('POST', `${SECRETS}/${otherId}/versions/1/disable`, {})).toBe(403)
})

test('a condition on resource.id refuses lists, even the list of that secret, until the absent id is allowed', async () => {
  const closed = setUp(ids => `resource.id == "${ids.secretId}"`, ['SecretManagerReadOnly'])
  expect(await closed.status('GET', `${SECRETS}/${closed.secretId}/versions`)).toBe(403)
  expect(await closed.status('GET', `${SECRETS}?project_id=${closed.scaleway.projectId}`)).toBe(403)
  const open = setUp(ids => `resource.id == "${ids.secretId}" || !has(resource.id)`, ['SecretManagerReadOnly'])
  expect(await open.status('GET', `${SECRETS}/${open.secretId}/versions`)).toBe(200)
  expect(await open.status('GET', `${SECRETS}?project_id=${open.scaleway.projectId}`)).toBe(200)
  expect(await open.status('GET', `${SECRETS}/${open.otherId}`)).toBe(403)
})

test('creating a key shows no resource.id to a condition, reading and deleting one shows its access key', async () => {
  const world = setUp(ids => `resource.id == "${ids.accessKey}"`, ['IAMApplicationManager'])
  const { applicationId, accessKey, status } = world
  expect(await status('POST', '/iam/v1alpha1/api-keys', { application_id: applicationId })).toBe(403)
  const other = world.scaleway.iam.createApiKey({ applicationId }).accessKey
  expect(await status('DELETE', `/iam/v1alpha1/api-keys/${other}`)).toBe(403)
  expect(await status('DELETE', `/iam/v1alpha1/api-keys/${accessKey}`)).toBe(204)
  const open = setUp(() => '!has(resource.id)', ['IAMApplicationManager'])
  expect(await open.status('POST', '/iam/v1alpha1/api-keys', { application_id: open.applicationId })).toBe(200)
})

test('the name of a secret includes its path', async () => {
  const { secretId, otherId, status } = setUp(() => 'resource.name.startsWith("/rotated/")', ['SecretManagerReadOnly'])
  expect(await status('GET', `${SECRETS}/${secretId}`)).toBe(200)
  expect(await status('GET', `${SECRETS}/${otherId}`)).toBe(403)
})

test('a condition can look at address, user agent and time', async () => {
  const path = ({ secretId }: { secretId: string }) => `${SECRETS}/${secretId}`
  const address = setUp(() => 'inIpRange(request.ip, "127.0.0.0/8")', ['SecretManagerReadOnly'])
  expect(await address.status('GET', path(address))).toBe(200)
  const elsewhere = setUp(() => 'inIpRange(request.ip, "203.0.113.0/24")', ['SecretManagerReadOnly'])
  expect(await elsewhere.status('GET', path(elsewhere))).toBe(403)
  const agent = setUp(() => 'request.user_agent.contains("rotator/")', ['SecretManagerReadOnly'])
  expect(await agent.status('GET', path(agent), undefined, { 'User-Agent': 'rotator/1' })).toBe(200)
  expect(await agent.status('GET', path(agent), undefined, { 'User-Agent': 'curl/8' })).toBe(403)
  expect(await agent.status('GET', path(agent), undefined, { 'User-Agent': `${'x'.repeat(255)}rotator/` })).toBe(403)
  const time = setUp(() => 'request.time < timestamp("2026-05-05T13:00:00Z")', ['SecretManagerReadOnly'])
  expect(await time.status('GET', path(time))).toBe(200)
  time.clock.advance({ hours: 1 })
  expect(await time.status('GET', path(time))).toBe(403)
})

test('a refusing condition in one policy does not outweigh another policy that allows', async () => {
  const { scaleway, otherId } = setUp(ids => `resource.id == "${ids.secretId}"`, ['SecretManagerReadOnly'])
  const projectIds = [scaleway.projectId]
  const client = bearerWith(scaleway, [
    { permissionSetNames: ['SecretManagerReadOnly'], projectIds, condition: 'false' },
    { permissionSetNames: ['SecretManagerReadOnly'], projectIds },
  ])
  expect((await client.call('GET', `${SECRETS}/${otherId}`)).status).toBe(200)
})

const FACTS = {
  request: { ip: '192.0.2.1', user_agent: 'app', time: new Date('2026-05-05T12:00:00Z') },
  resource: { id: 'one' },
}

test.each([
  ['', true],
  ['resource.id == "one" && !(request.user_agent == "other")', true],
  ['(resource.id == "two" || resource.id == "one") && inIpRange(request.ip, "192.0.2.0/24")', true],
  ['resource.name == "x"', false],
  ['resource.name == "x" || resource.id == "one"', true],
  ['inIpRange(request.ip, "not a range")', false],
  ['inIpRange(request.ip, "2001:db8::/32")', false],
  ['inIpRange(request.ip, "192.0.2.1")', true],
  ['resource.id', false],
  ['unknown.field == "this"', false],
])('the condition %j is %s', (text, expected) => {
  expect(compileCondition(text)?.(FACTS)).toBe(expected)
})

test('a condition with wrong syntax is refused, one that is merely meaningless is not', () => {
  expect(compileCondition('resource.id ==')).toBeUndefined()
  expect(compileCondition('request.colour == "red"')).toBeDefined()
})
