import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { ended } from '../../../support/processes.ts'
import { zipHandler } from '../zip-handler.ts'
import { createDeployer, FUNCTIONS } from './deployer.ts'

const says = (text: string) => `export const handle = () => ({ body: '${text}' })`
const broken = `throw new Error('at import')`
const whereItRuns = `export const handle = () => ({ body: { env: process.env, cwd: process.cwd() } })`
const whereForm = v.object({ env: v.record(v.string(), v.string()), cwd: v.string() })

/** A public function and a way to call it. */
async function withFunction(body: object = {}, space: object = {}) {
  const deployer = await createDeployer()
  const { id: namespaceId } = await deployer.namespace(space)
  const { id, domain_name: domain } = await deployer.create(namespaceId, { privacy: 'public', ...body })
  const call = async (headers: Record<string, string> = {}) => {
    const response = await fetch(`http://${domain}`, { headers })
    return { status: response.status, text: await response.text() }
  }
  const where = async () => v.parse(whereForm, JSON.parse((await call()).text))
  const processId = () => deployer.deployments.functions()[0]?.processId ?? 0
  return { ...deployer, namespaceId, id, domain, call, where, processId }
}

test('a function runs with exactly the variables of its namespace and its own, which win', async () => {
  const own = { environment_variables: { OWN: '1', BOTH: 'function' } }
  const secret = (value: string) => ({
    secret_environment_variables: [
      { key: 'HIDDEN', value },
      { key: `HIDDEN_${value}`, value },
    ],
  })
  const space = { environment_variables: { SPACE: '2', BOTH: 'namespace' }, ...secret('namespace') }
  const { deploy, id, where } = await withFunction({ ...own, ...secret('function') }, space)
  expect(await deploy(id, whereItRuns)).toMatchObject({ status: 'ready', ready_at: expect.any(String) })
  expect((await where()).env).toEqual({
    OWN: '1',
    SPACE: '2',
    BOTH: 'function',
    HIDDEN: 'function',
    HIDDEN_namespace: 'namespace',
    HIDDEN_function: 'function',
  })
})

test('every deployed function is behind a gate that follows the readings, also those of later', async () => {
  const { scaleway, namespace, create, deploy } = await createDeployer({ readings: { credentialHeaders: 'neither' } })
  const { id, domain_name: domain } = await create((await namespace()).id, { privacy: 'public' })
  await deploy(id, 'export const handle = ({ headers }) => ({ body: headers })')
  const headers = { 'X-Auth-Token': '1', 'X-Other': '2' }
  const received = async (): Promise<unknown> => (await fetch(`http://${domain}`, { headers })).json()
  expect(await received()).toMatchObject({ 'X-Other': '2' })
  expect(await received()).not.toHaveProperty('X-Auth-Token')
  scaleway.state.readings.credentialHeaders = 'both'
  expect(await received()).toMatchObject(headers)
})

test('the description of a deployment names its variables and holds none of their values', async () => {
  const { deployments, domain, id } = await withFunction({
    environment_variables: { PLAIN: 'plain value' },
    secret_environment_variables: [{ key: 'HIDDEN', value: 'hidden value' }],
  })
  expect(deployments.functions()).toEqual([
    {
      id,
      name: 'function',
      url: `http://${domain}`,
      status: 'created',
      errorMessage: undefined,
      environmentKeys: ['PLAIN'],
      secretEnvironmentKeys: ['HIDDEN'],
      processId: undefined,
    },
  ])
})

test('a private function accepts bearers of FunctionsPrivateAccess on its namespace’s project', async () => {
  const { scaleway, deploy, done, id, call } = await withFunction({ privacy: 'private' })
  await deploy(id, says('come in'))
  const keyOn = (projectId: string) => {
    const { id: applicationId } = scaleway.iam.createApplication({ name: 'caller' })
    const rules = [{ permissionSetNames: ['FunctionsPrivateAccess'], projectIds: [projectId] }]
    scaleway.iam.createPolicy({ applicationId, rules })
    return { 'X-Auth-Token': scaleway.iam.createApiKey({ applicationId }).secretKey }
  }
  expect(await call()).toMatchObject({ status: 403 })
  expect(await call(keyOn(crypto.randomUUID()))).toMatchObject({ status: 403 })
  expect(await call(keyOn(scaleway.projectId))).toEqual({ status: 200, text: 'come in' })
  await done('PATCH', `/functions/${id}`, { privacy: 'public' })
  await done('GET', `/functions/${id}`)
  expect(await call()).toEqual({ status: 200, text: 'come in' })
})

test('a function that was not deployed yet is answered 503 at its address', async () => {
  const { upload, id, call, done } = await withFunction()
  expect(await call()).toMatchObject({ status: 503 })
  await upload(id, zipHandler(says('uploaded')))
  await done('PATCH', `/functions/${id}`, { description: 'changed before it was deployed' })
  expect(await done('GET', `/functions/${id}`)).toMatchObject({ status: 'created' })
  expect(await call()).toMatchObject({ status: 503 })
})

test('a new deployment takes over at the same address, and the process before it ends', async () => {
  const { deploy, id, call, processId } = await withFunction()
  await deploy(id, says('one'))
  const first = processId()
  expect(await call()).toEqual({ status: 200, text: 'one' })
  await deploy(id, says('two'))
  expect(await call()).toEqual({ status: 200, text: 'two' })
  await ended(first)
})

test('a call that is under way during a deployment is answered by the code that took it, and delays no other call', async () => {
  const { deploy, id, call, processId } = await withFunction({ max_scale: 1 })
  const gate = createServer().listen(0, '127.0.0.1')
  await once(gate, 'listening')
  onTestFinished(() => void gate.close())
  const { port } = v.parse(v.object({ port: v.number() }), gate.address())
  await deploy(
    id,
    `export const handle = async () => ({ body: await (await fetch('http://127.0.0.1:${port}')).text() })`,
  )
  const first = processId()
  const waiting = call()
  const [, held] = await once(gate, 'request')
  await deploy(id, says('new'))
  expect(await call()).toEqual({ status: 200, text: 'new' })
  held.end('old')
  expect(await waiting).toEqual({ status: 200, text: 'old' })
  await ended(first)
})

test('code that does not start is an error, and what was deployed before still serves', async () => {
  const { deploy, id, call, processId } = await withFunction()
  const wire = {
    status: 'error',
    error_message: 'Provided Handler does not exist, or does not export methods properly',
  }
  expect(await deploy(id, broken)).toMatchObject(wire)
  expect(await call()).toMatchObject({ status: 503 })
  expect(await deploy(id, says('good'))).toMatchObject({ status: 'ready', error_message: null })
  const good = processId()
  expect(await deploy(id, broken)).toMatchObject(wire)
  expect(await call()).toEqual({ status: 200, text: 'good' })
  expect(processId()).toBe(good)
})

test('a file that is no zip is an error as well', async () => {
  const { upload, done, id } = await withFunction()
  await upload(id, Buffer.from('no zip'))
  await done('POST', `/functions/${id}/deploy`, {})
  expect(await done('GET', `/functions/${id}`)).toMatchObject({ status: 'error' })
})

test('changed variables reach the code that runs, not code that was uploaded and not deployed', async () => {
  const { deploy, upload, done, id, call, where } = await withFunction({ environment_variables: { GREETING: 'hello' } })
  await deploy(id, whereItRuns)
  await upload(id, zipHandler(says('not deployed')))
  const patched = await done('PATCH', `/functions/${id}`, { environment_variables: { GREETING: 'hi' } })
  expect(patched).toMatchObject({ status: 'pending' })
  expect(await done('GET', `/functions/${id}`)).toMatchObject({ status: 'ready' })
  expect((await where()).env).toEqual({ GREETING: 'hi' })
  await done('POST', `/functions/${id}/deploy`, {})
  await done('GET', `/functions/${id}`)
  expect(await call()).toEqual({ status: 200, text: 'not deployed' })
})

test('a namespace’s changed variables reach its functions', async () => {
  const { deploy, done, namespaceId, id, where } = await withFunction({}, { environment_variables: { SPACE: 'old' } })
  await deploy(id, whereItRuns)
  await done('PATCH', `/namespaces/${namespaceId}`, { environment_variables: { SPACE: 'new' } })
  await done('GET', `/functions/${id}`)
  expect((await where()).env).toEqual({ SPACE: 'new' })
})

test('a changed max_scale is in force after the deployment that the change causes', async () => {
  const { deploy, done, id, call } = await withFunction({ max_scale: 1 })
  const counting = `let inside = 0, most = 0
    export const handle = async () => {
      most = Math.max(most, ++inside)
      await new Promise(resolve => setTimeout(resolve, 40))
      inside -= 1
      return { body: String(most) }
    }`
  await deploy(id, counting)
  const three = () => Promise.all([call(), call(), call()])
  expect((await three()).map(({ text }) => text)).toEqual(['1', '1', '1'])
  await done('PATCH', `/functions/${id}`, { max_scale: 3 })
  await done('GET', `/functions/${id}`)
  expect((await three()).map(({ text }) => text)).toContain('3')
})

test.each(['function', 'namespace'])('deleting the %s ends its process, its files and its address', async what => {
  const { deploy, done, namespaceId, id, call, where, processId, deployments } = await withFunction()
  await deploy(id, whereItRuns)
  const pid = processId()
  const { cwd } = await where()
  expect(existsSync(cwd)).toBe(true)
  const path = what === 'function' ? `/functions/${id}` : `/namespaces/${namespaceId}`
  expect(await done('DELETE', path)).toMatchObject({ status: 'deleting' })
  await ended(pid)
  expect(existsSync(cwd)).toBe(false)
  await expect(call()).rejects.toThrow()
  expect(deployments.functions()).toEqual([])
})

test('closing ends every process, also one whose deployment is under way', async () => {
  const { deploy, upload, done, owner, namespaceId, create, id, processId, deployments } = await withFunction()
  await deploy(id, says('one'))
  const { id: second } = await create(namespaceId, { name: 'second' })
  await upload(second, zipHandler(says('two')))
  await done('POST', `/functions/${second}/deploy`, {})
  const pid = processId()
  await deployments.close()
  await ended(pid)
  expect(deployments.functions()).toEqual([])
  expect(await owner.call('GET', `${FUNCTIONS}/functions/${id}`)).toMatchObject({ status: 404 })
})

test('a deployment is done when its answer is lost, and is not done when its request is lost', async () => {
  const { scaleway, upload, owner, id, done, call } = await withFunction()
  await upload(id, zipHandler(says('deployed')))
  const deploy = () => owner.call('POST', `${FUNCTIONS}/functions/${id}/deploy`, {})
  scaleway.faults.add({ operation: 'functions.deployFunction', fault: { kind: 'lost-before' } })
  await expect(deploy()).rejects.toThrow()
  expect(await done('GET', `/functions/${id}`)).toMatchObject({ status: 'created' })
  scaleway.faults.add({ operation: 'functions.deployFunction', fault: { kind: 'lost-after' } })
  await expect(deploy()).rejects.toThrow()
  expect(await done('GET', `/functions/${id}`)).toMatchObject({ status: 'ready' })
  expect(await call()).toEqual({ status: 200, text: 'deployed' })
})
