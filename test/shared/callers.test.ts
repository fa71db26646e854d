import { describe, expect, test } from 'vitest'
import { readCallers } from '../../functions/shared/callers.ts'

const [hash, otherHash] = ['a'.repeat(64), 'b'.repeat(64)]
const caller = (fields: Record<string, unknown> = {}) =>
  JSON.stringify({ name: 'app', role: 'consumer', sha256: hash, ...fields })

test('each variable CALLER_… names one caller, and no other variable does', () => {
  const env = {
    CALLER_APP: caller(),
    CALLER_OPERATOR_1: caller({ name: 'operator-1', role: 'operator', sha256: otherHash }),
    CALLER_NOBODY: '',
    CALLERS: caller({ name: 'ghost' }),
    MY_CALLER_APP: caller({ name: 'ghost' }),
  }
  expect(readCallers(env)).toEqual([
    { name: 'app', role: 'consumer', sha256: [hash] },
    { name: 'operator-1', role: 'operator', sha256: [otherHash] },
  ])
})

test('a caller may have up to four keys, by a list of their hashes', () => {
  const four = ['a', 'b', 'c', 'd'].map(digit => digit.repeat(64))
  for (const sha256 of [[hash], [hash, otherHash], four]) {
    expect(readCallers({ CALLER_APP: caller({ sha256 }) })).toEqual([{ name: 'app', role: 'consumer', sha256 }])
  }
})

test('nobody is known where no variable names anybody', () => {
  expect(readCallers({})).toEqual([])
})

describe('a caller is refused by the name of its variable, and its value is not quoted, when', () => {
  test.each([
    ['it is no JSON', 'planted-value'],
    ['it is a list', `[${caller()}]`],
    ['a field is missing', JSON.stringify({ name: 'app', role: 'consumer' })],
    ['a field is unknown', caller({ planted: 'planted-value' })],
    ['its role is unknown', caller({ role: 'planted-value' })],
    ['it would be the CRON', caller({ role: 'cron' })],
    ['its hash is in capitals', caller({ sha256: hash.toUpperCase() })],
    ['its hash is a key', caller({ sha256: '11111111-1111-4111-8111-111111111111' })],
    ['it has no hash', caller({ sha256: [] })],
    ['it has five hashes', caller({ sha256: ['a', 'b', 'c', 'd', 'e'].map(digit => digit.repeat(64)) })],
    ['one of its hashes is a key', caller({ sha256: [hash, '11111111-1111-4111-8111-111111111111'] })],
    ['its hashes are lists', caller({ sha256: [[hash]] })],
    ['its hashes are an object', caller({ sha256: { planted: hash } })],
    ['its name is empty', caller({ name: '' })],
    ['its name has a space', caller({ name: 'planted value' })],
    ['its name is constructor', caller({ name: 'constructor' })],
    ['its name is prototype', caller({ name: 'prototype' })],
    ['its name is __proto__', caller({ name: '__proto__' })],
  ])('%s', (_, value) => {
    const read = () => readCallers({ CALLER_X: value })
    expect(read).toThrow(/CALLER_X must be a JSON object of name/)
    expect(read).not.toThrow(/planted/)
  })

  test.each([
    ['its name is another one’s', { sha256: otherHash }],
    ['its hash is another one’s', { name: 'job' }],
    ['one of its hashes is another one’s', { name: 'job', sha256: [otherHash, hash] }],
    ['one of its hashes is there twice', { name: 'job', sha256: [otherHash, otherHash] }],
  ])('%s', (_, fields) => {
    const read = () => readCallers({ CALLER_APP: caller(), CALLER_B: caller(fields) })
    expect(read).toThrow(/CALLER_B must be a caller with a name and keys of its own/)
  })
})
