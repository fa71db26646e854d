import { createClient, Functionv1beta1 } from '@scaleway/sdk'
import { expect, onTestFinished, test } from 'vitest'
import { createScaleway, serve } from '../../index.ts'
import { zipHandler } from '../zip-handler.ts'
import { serveFunctions } from './index.ts'

test('the official SDK creates, deploys, changes and deletes a function and its CRON over HTTP', async () => {
  const scaleway = createScaleway()
  const server = await serve(scaleway)
  onTestFinished(server.close)
  const deployments = await serveFunctions({ scaleway, apiUrl: server.url })
  onTestFinished(deployments.close)
  const { projectId, organizationId, owner } = scaleway
  const client = createClient({ ...owner, apiURL: server.url, defaultProjectId: projectId, defaultRegion: 'fr-par' })
  const functions = new Functionv1beta1.API(client)

  const { id: namespaceId } = await functions.createNamespace({ name: 'space' })
  const namespace = await functions.getNamespace({ namespaceId })
  expect(namespace).toMatchObject({ status: 'ready', projectId, organizationId, region: 'fr-par' })
  const { id: functionId } = await functions.createFunction({
    namespaceId,
    name: 'answer',
    runtime: 'node22',
    privacy: 'public',
    secretEnvironmentVariables: [{ key: 'ANSWER', value: '42' }],
  })
  const zip = zipHandler('export const handle = ({ body }) => ({ body: process.env.ANSWER + body })')
  const { url, headers } = await functions.getFunctionUploadURL({ functionId, contentLength: zip.byteLength })
  expect(headers['content-length']).toEqual([String(zip.byteLength)])
  const put = await fetch(url, { method: 'PUT', headers: { 'Content-Type': 'application/octet-stream' }, body: zip })
  expect(put.status).toBe(200)
  expect(await functions.deployFunction({ functionId })).toMatchObject({ status: 'pending' })
  const ready = await functions.getFunction({ functionId })
  expect(ready).toMatchObject({ status: 'ready', memoryLimit: 256, cpuLimit: 140, timeout: '300s', maxScale: 5 })
  expect(await (await fetch(`http://${ready.domainName}`, { method: 'POST', body: '!' })).text()).toBe('42!')

  const cron = await functions.createCron({ functionId, name: 'c', schedule: '0 2 1 * *', args: { deep: { a: 1 } } })
  expect(await functions.getCron({ cronId: cron.id })).toMatchObject({ args: { deep: { a: 1 } }, functionId })
  expect(await deployments.fire('c')).toEqual({ status: 200, body: '42{"deep":{"a":1}}' })
  expect(await functions.deleteNamespace({ namespaceId })).toMatchObject({ status: 'deleting' })
  expect(await functions.listFunctions({ namespaceId }).all()).toEqual([])
})
