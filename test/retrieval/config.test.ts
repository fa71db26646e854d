import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { readConfig } from '../../functions/retrieval/config.ts'

const required = { REGION: 'nl-ams', SECRET_ID: randomUUID(), READER_SECRET_KEY: randomUUID() }

test('what is left out has its default', () => {
  expect(readConfig(required)).toMatchObject({
    secret: { apiUrl: 'https://api.scaleway.com', region: 'nl-ams', secretId: required.SECRET_ID },
    callers: [],
    memory: { cacheSeconds: 60, staleSeconds: 300 },
    timeoutSeconds: 60,
  })
})

test.each([
  ['REGION', ''],
  ['SECRET_ID', 'secret'],
  ['READER_SECRET_KEY', 'planted-key'],
  ['API_URL', 'https://api.scaleway.com/'],
  ['CALLER_APP', '{"name": "planted-key"}'],
  ['CACHE_SECONDS', '61'],
  ['STALE_SECONDS', '3001'],
  ['STALE_SECONDS', '-1'],
  ['TIMEOUT_SECONDS', '0'],
])('%s = "%s" is refused by name, without quoting the value', (name, value) => {
  const read = () => readConfig({ ...required, [name]: value })
  expect(read).toThrow(name)
  expect(read).not.toThrow('planted-key')
})

test('accepted cache and stale times add up to less than the settle time of an hour', () => {
  const { memory } = readConfig({ ...required, CACHE_SECONDS: '60', STALE_SECONDS: '3000' })
  expect(memory.cacheSeconds + memory.staleSeconds).toBeLessThan(3600)
})
