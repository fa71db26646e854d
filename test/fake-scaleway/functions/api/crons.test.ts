import { afterEach, expect, test, vi } from 'vitest'
import { createDeployer, FUNCTIONS } from './deployer.ts'

const echo = `export const handle = ({ httpMethod, path, body, headers }) =>
  ({ body: { httpMethod, path, body, token: headers['X-Auth-Token'] ?? null } })`

afterEach(() => {
  vi.useRealTimers()
})

async function withFunction(options: Parameters<typeof createDeployer>[0] = {}) {
  const deployer = await createDeployer(options)
  const { id: namespaceId } = await deployer.namespace()
  const { id } = await deployer.create(namespaceId)
  const cron = (body: object = {}) =>
    deployer.done('POST', '/crons', { function_id: id, name: 'monthly', schedule: '0 2 1 * *', args: {}, ...body })
  return { ...deployer, namespaceId, id, cron }
}

test('a CRON has every field of the platform, pending at first and ready at the first read', async () => {
  const { owner, id, cron, done } = await withFunction()
  const args = { action: 'rotate', nested: { list: [1] } }
  const created = await cron({ args })
  const wire = { id: created.id, function_id: id, name: 'monthly', schedule: '0 2 1 * *', args }
  expect(created).toEqual({ ...wire, status: 'pending' })
  expect(await done('GET', `/crons/${created.id}`)).toEqual({ ...wire, status: 'ready' })
  const { body } = await owner.call('GET', `${FUNCTIONS}/crons?function_id=${id}`)
  expect(body).toEqual({ total_count: 1, crons: [{ ...wire, status: 'ready' }] })
})

test('a CRON without args or name has an object and a name all the same', async () => {
  const { done, id } = await withFunction()
  const created = await done('POST', '/crons', { function_id: id, schedule: '* * * * *' })
  expect(created).toMatchObject({ args: {}, name: expect.stringMatching(/^cron-/) })
})

test('a CRON fired manually posts its args to a private function without a token', async () => {
  const { deployments, deploy, id, cron } = await withFunction()
  await deploy(id, echo)
  await cron({ args: { action: 'rotate' } })
  const { status, body } = await deployments.fire('monthly')
  expect(status).toBe(200)
  expect(JSON.parse(body)).toEqual({ httpMethod: 'POST', path: '/', body: '{"action":"rotate"}', token: null })
  await expect(deployments.fire('yearly')).rejects.toThrow('yearly')
  await cron()
  await expect(deployments.fire('monthly'), 'two of that name').rejects.toThrow('monthly')
})

test('a changed CRON calls the new function with the new args', async () => {
  const { deployments, namespaceId, create, deploy, id, cron, done } = await withFunction()
  await deploy(id, `export const handle = () => ({ body: 'the first' })`)
  const { id: other } = await create(namespaceId, { name: 'other' })
  await deploy(other, `export const handle = ({ body }) => ({ body: 'the other: ' + body })`)
  const { id: cronId } = await cron()
  expect(await deployments.fire('monthly')).toEqual({ status: 200, body: 'the first' })
  await done('PATCH', `/crons/${cronId}`, { function_id: other, name: 'hourly', args: { action: 'tend' } })
  expect(await deployments.fire('hourly')).toEqual({ status: 200, body: 'the other: {"action":"tend"}' })
  expect(deployments.crons()).toMatchObject([{ name: 'hourly', schedule: '0 2 1 * *', functionId: other }])
})

test.each([
  { field: 'schedule', value: '@monthly' },
  { field: 'schedule', value: '61 * * * *' },
  { field: 'args', value: '{"action":"rotate"}' },
  { field: 'args', value: ['rotate'] },
])('a CRON with $field $value is refused with 400', async ({ field, value }) => {
  const { owner, id } = await withFunction()
  const body = { function_id: id, schedule: '0 2 1 * *', args: {}, [field]: value }
  const answer = await owner.call('POST', `${FUNCTIONS}/crons`, body)
  expect(answer).toMatchObject({ status: 400, body: { details: [{ argument_name: field }] } })
})

test('a CRON for an unknown function is 404, and a CRON is deleted with its function', async () => {
  const { owner, id, cron, done, deployments } = await withFunction()
  const { id: cronId } = await cron()
  await done('DELETE', `/functions/${id}`)
  expect(await owner.call('GET', `${FUNCTIONS}/crons/${cronId}`)).toMatchObject({ status: 404 })
  expect(deployments.crons()).toEqual([])
  const body = { function_id: id, schedule: '0 2 1 * *', args: {} }
  expect(await owner.call('POST', `${FUNCTIONS}/crons`, body)).toMatchObject({ status: 404 })
})

test('CRONs fire by schedule only if that is requested, and not after they are deleted', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-30T23:59:30Z'), toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  const lines = { scheduled: [] as string[], manual: [] as string[] }
  const scheduled = await withFunction({ schedule: true, log: line => lines.scheduled.push(line) })
  const manual = await withFunction({ log: line => lines.manual.push(line) })
  const { id } = await scheduled.cron({ schedule: '* * * * *' })
  await manual.cron({ schedule: '* * * * *' })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(lines).toEqual({ scheduled: ['cron       monthly: the function answered 503'], manual: [] })
  await scheduled.done('DELETE', `/crons/${id}`)
  await vi.advanceTimersByTimeAsync(180_000)
  expect(lines.scheduled).toHaveLength(1)
})
