import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../functions/retrieval/config.ts'

const [readerKey, secretId] = [randomUUID(), randomUUID()]
const key = { name: 'billing', region: 'nl-ams', secret_id: secretId, consumers: ['billing-api'] }
const required = { READER_SECRET_KEY: readerKey, KEY_BILLING: JSON.stringify(key) }

test('what is left out has its default', () => {
  expect(readConfig(required)).toMatchObject({
    reader: { apiUrl: 'https://api.scaleway.com' },
    keys: [{ name: 'billing', region: 'nl-ams', secretId, consumers: ['billing-api'] }],
    callers: [],
    memory: { cacheSeconds: 60, staleSeconds: 300 },
    timeoutSeconds: 60,
  })
})

test.each([
  ['READER_SECRET_KEY', 'planted-key'],
  ['API_URL', 'https://api.scaleway.com/'],
  ['CALLER_APP', '{"name": "planted-key"}'],
  ['CACHE_SECONDS', '61'],
  ['STALE_SECONDS', '3001'],
  ['STALE_SECONDS', '-1'],
  ['TIMEOUT_SECONDS', '0'],
  ['KEY_BILLING', 'planted-key'],
  ['KEY_BILLING', '[]'],
])('%s = "%s" is refused by name, without quoting the value', (name, value) => {
  const read = () => readConfig({ ...required, [name]: value })
  expect(read).toThrow(name)
  expect(read).not.toThrow('planted-key')
})

test('accepted cache and stale times add up to less than the settle time of an hour', () => {
  const { memory } = readConfig({ ...required, CACHE_SECONDS: '60', STALE_SECONDS: '3000' })
  expect(memory.cacheSeconds + memory.staleSeconds).toBeLessThan(3600)
})

describe('a variable of a key', () => {
  const reading = (fields: object) => () => {
    const mailer = { ...key, name: 'mailer', secret_id: randomUUID(), ...fields }
    return readConfig({ ...required, KEY_MAILER: JSON.stringify(mailer) })
  }

  test.each([
    { fields: { name: undefined }, expected: 'name is 1 to 40 small letters' },
    { fields: { name: 'Mailer' }, expected: 'name is 1 to 40 small letters' },
    { fields: { name: 'a'.repeat(41) }, expected: 'name is 1 to 40 small letters' },
    { fields: { name: '-mailer' }, expected: 'name is 1 to 40 small letters' },
    { fields: { name: '__proto__' }, expected: 'name is 1 to 40 small letters' },
    { fields: { name: 'constructor' }, expected: 'not constructor, prototype or metrics' },
    { fields: { name: 'prototype' }, expected: 'not constructor, prototype or metrics' },
    { fields: { name: 'metrics' }, expected: 'not constructor, prototype or metrics' },
    { fields: { region: undefined }, expected: 'region is a Scaleway region' },
    { fields: { region: 'paris' }, expected: 'region is a Scaleway region' },
    { fields: { secret_id: undefined }, expected: 'secret_id is a UUID' },
    { fields: { secret_id: 'nl-ams/1' }, expected: 'secret_id is a UUID' },
    { fields: { consumers: undefined }, expected: "consumers is a list of consumers' names" },
    { fields: { consumers: 'app' }, expected: "consumers is a list of consumers' names" },
    { fields: { consumers: ['app', 7] }, expected: "consumers is a list of consumers' names" },
    { fields: { consumers: ['a b'] }, expected: "consumers is a list of consumers' names" },
  ])('is refused with $fields, and the error names the variable and what was expected', ({ fields, expected }) => {
    expect(reading(fields)).toThrow('KEY_MAILER must be a JSON object whose ')
    expect(reading(fields)).toThrow(expected)
  })

  test.each([{ name: 'billing' }, { secret_id: secretId }, { secret_id: secretId.toUpperCase() }])(
    'is refused when another one has the same %j, and the error names one of the two',
    fields => {
      expect(reading(fields)).toThrow(/KEY_(BILLING|MAILER) must be a key with a name and a secret of its own/)
    },
  )

  test('may have fields that are not known here, and a consumer that no caller is', () => {
    expect(reading({ application_id: randomUUID(), consumers: ['nobody'] })().keys).toHaveLength(2)
  })

  test('must be there', () => {
    expect(() => readConfig({ ...required, KEY_BILLING: '' })).toThrow('KEY_<NAME> must be there for at least one key')
  })
})
