import { expect, test } from 'vitest'
import { createDeployer, FUNCTIONS } from './deployer.ts'

const zip = Buffer.from('any bytes')

async function withPlace() {
  const deployer = await createDeployer()
  const { id } = await deployer.create((await deployer.namespace()).id)
  const { url, headers } = await deployer.place(id, zip.byteLength)
  const put = async (body: Uint8Array, type = 'application/octet-stream', token?: string) => {
    const sent = { 'Content-Type': type, ...(token !== undefined && { 'X-Auth-Token': token }) }
    return (await deployer.scaleway.fetch(url, { method: 'PUT', headers: sent, body })).status
  }
  return { ...deployer, id, url, headers, put }
}

test('an upload is announced with its length and type, as lists', async () => {
  const { url, headers } = await withPlace()
  expect(url).toMatch(/^http:\/\/scaleway\.test\/functions-upload\//)
  expect(headers).toEqual({ 'content-length': ['9'], 'content-type': ['application/octet-stream'] })
})

test('any caller that knows the address may upload, with or without a key, and again', async () => {
  const { put, scaleway } = await withPlace()
  expect(await put(zip)).toBe(200)
  expect(await put(zip, 'application/octet-stream', scaleway.owner.secretKey)).toBe(200)
})

test('another length, another type, a URL that is too old and a deleted function are refused', async () => {
  const { put, clock, done, id } = await withPlace()
  expect(await put(Buffer.from('other bytes'))).toBe(403)
  expect(await put(zip, 'application/zip')).toBe(403)
  clock.advance({ minutes: 59 })
  expect(await put(zip)).toBe(200)
  clock.advance({ minutes: 1 })
  expect(await put(zip)).toBe(403)
  const fresh = await withPlace()
  await fresh.done('DELETE', `/functions/${fresh.id}`)
  expect(await fresh.put(zip)).toBe(403)
  await done('DELETE', `/functions/${id}`)
})

test('an upload without a length, or past 100 MiB, is refused before it is made', async () => {
  const { owner, id } = await withPlace()
  const ask = (query: string) => owner.call('GET', `${FUNCTIONS}/functions/${id}/upload-url${query}`)
  expect(await ask('')).toMatchObject({ status: 400 })
  expect(await ask('?content_length=0')).toMatchObject({ status: 400 })
  expect(await ask(`?content_length=${100 * 1024 * 1024 + 1}`)).toMatchObject({ status: 400 })
})

test('an upload that breaks off keeps the code that was uploaded before', async () => {
  const { put, scaleway, done, id } = await withPlace()
  scaleway.faults.add({ operation: 'functions.upload', fault: { kind: 'lost-before' } })
  await expect(put(zip)).rejects.toThrow()
  await done('POST', `/functions/${id}/deploy`, {})
  expect(await done('GET', `/functions/${id}`)).toMatchObject({ error_message: 'internal error' })
})
