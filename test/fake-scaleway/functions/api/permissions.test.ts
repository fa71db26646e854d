import { expect, test } from 'vitest'
import { bearerWith } from '../../http/wire-client.ts'
import { createDeployer, FUNCTIONS } from './deployer.ts'

/** A namespace with a function and a CRON, every call that exists, and who may make it. */
async function setUp() {
  const deployer = await createDeployer()
  const { scaleway } = deployer
  const { id: namespaceId } = await deployer.namespace()
  const { id: functionId } = await deployer.create(namespaceId)
  const cron = { function_id: functionId, schedule: '0 2 1 * *', args: {} }
  const { id: cronId } = await deployer.done('POST', '/crons', cron)
  const reads = [
    ['GET', `/namespaces?project_id=${scaleway.projectId}`],
    ['GET', `/namespaces/${namespaceId}`],
    ['GET', `/functions?namespace_id=${namespaceId}`],
    ['GET', `/functions/${functionId}`],
    ['GET', `/crons?function_id=${functionId}`],
    ['GET', `/crons/${cronId}`],
  ] as const
  const writes = [
    ['POST', '/namespaces', { name: 'new' }],
    ['PATCH', `/namespaces/${namespaceId}`, {}],
    ['POST', '/functions', { name: 'new', namespace_id: namespaceId, runtime: 'node24' }],
    ['GET', `/functions/${functionId}/upload-url?content_length=1`],
    ['POST', `/functions/${functionId}/deploy`, {}],
    ['PATCH', `/functions/${functionId}`, {}],
    ['POST', '/crons', cron],
    ['PATCH', `/crons/${cronId}`, {}],
    ['DELETE', `/crons/${cronId}`],
    ['DELETE', `/functions/${functionId}`],
    ['DELETE', `/namespaces/${namespaceId}`],
  ] as const
  const statuses = async (set: string, calls: readonly (readonly [string, string, object?])[], projectId: string) => {
    const bearer = bearerWith(scaleway, [{ permissionSetNames: [set], projectIds: [projectId] }])
    const seen = new Set<number>()
    for (const [method, path, body] of calls) seen.add((await bearer.call(method, `${FUNCTIONS}${path}`, body)).status)
    return [...seen]
  }
  return { ...deployer, reads, writes, statuses, projectId: scaleway.projectId }
}

test('FunctionsFullAccess on the project may do everything', async () => {
  const { statuses, reads, writes, projectId } = await setUp()
  expect(await statuses('FunctionsFullAccess', [...reads, ...writes], projectId)).toEqual([200])
})

test('FunctionsReadOnly may list and read, and change nothing', async () => {
  const { statuses, reads, writes, projectId } = await setUp()
  expect(await statuses('FunctionsReadOnly', reads, projectId)).toEqual([200])
  expect(await statuses('FunctionsReadOnly', writes, projectId)).toEqual([403])
})

test('neither FunctionsPrivateAccess nor a right on another project allows any call', async () => {
  const { statuses, reads, writes, projectId } = await setUp()
  expect(await statuses('FunctionsPrivateAccess', [...reads, ...writes], projectId)).toEqual([403])
  expect(await statuses('FunctionsFullAccess', [...reads, ...writes], crypto.randomUUID())).toEqual([403])
})

test('without a key every answer is 401, and the routes can be made to fail like all others', async () => {
  const { scaleway, owner } = await setUp()
  const answer = await scaleway.fetch(`http://scaleway.test${FUNCTIONS}/runtimes`)
  expect(answer.status).toBe(401)
  scaleway.faults.add({ operation: 'functions.createNamespace', fault: { kind: 'forbidden' } })
  const create = () => owner.call('POST', `${FUNCTIONS}/namespaces`, { name: 'again' })
  expect(await create()).toMatchObject({ status: 403 })
  expect(await create()).toMatchObject({ status: 200 })
})
