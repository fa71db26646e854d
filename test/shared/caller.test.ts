import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { identify, type KnownCaller, recognised } from '../../functions/shared/caller.ts'
import { readEvent } from '../../functions/shared/http-request.ts'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const known: KnownCaller[] = [
  { name: 'alice', role: 'operator', sha256: [hash('op')] },
  { name: 'app', role: 'consumer', sha256: [hash('co')] },
  { name: 'job', role: 'consumer', sha256: [hash('jo'), hash('newer')] },
  { name: 'uptime', role: 'monitor', sha256: [hash('mo')] },
]
const callerOf = (event: unknown) => {
  const { role, name } = identify(readEvent(event), known)
  return name === null ? role : `${role} ${name}`
}
const callerWith = (headers: unknown) => callerOf({ headers })

describe('a caller is known by its key', () => {
  test.each([
    [{ 'X-Auth-Token': 'op' }, 'operator alice'],
    [{ 'x-auth-token': 'jo' }, 'consumer job'],
    [{ 'x-auth-token': 'newer' }, 'consumer job'],
    [{ 'X-Auth-Token': 'mo' }, 'monitor uptime'],
    [{ Authorization: 'Bearer op' }, 'operator alice'],
    [{ authorization: 'bearer co' }, 'consumer app'],
    [{ Authorization: 'Bearer   op' }, 'operator alice'],
    [{ 'X-Caller-Key': 'co' }, 'consumer app'],
    [{ 'X-Auth-Token': 'co', Authorization: 'Bearer co', 'X-Caller-Key': 'co' }, 'consumer app'],
    [{ 'X-Auth-Token': ['co'] }, 'consumer app'],
  ])('in whichever of the three headers it arrives: %j', (headers, caller) => {
    expect(callerWith(headers)).toBe(caller)
  })

  test('also where the event holds every value of a header beside the last one', () => {
    expect(callerOf({ headers: { 'X-Auth-Token': 'co' }, multiValueHeaders: { 'X-Auth-Token': ['co'] } })).toBe(
      'consumer app',
    )
    expect(callerOf({ headers: { 'X-Auth-Token': 'co' }, multiValueHeaders: null })).toBe('consumer app')
  })
})

describe('a caller is absent', () => {
  test.each([undefined, null, {}, [], 'X-Auth-Token: op', { 'X-Auth-Tokens': 'op', Cookie: 'op' }])(
    'only when no header for a credential is there at all: %j',
    headers => {
      expect(callerWith(headers)).toBe('absent')
    },
  )
})

describe('a caller is unknown, never absent and never somebody, when what it presents', () => {
  test.each([
    ['is on no list', { 'X-Auth-Token': 'other' }],
    ['is a hash itself', { 'X-Auth-Token': hash('op') }],
    ['is empty', { 'X-Auth-Token': '' }],
    ['is a space', { 'X-Auth-Token': ' ' }],
    ['has spaces around it', { 'X-Auth-Token': ' op ' }],
    ['is null', { 'X-Auth-Token': null }],
    ['is a number', { 'X-Auth-Token': 1 }],
    ['is an object', { 'X-Auth-Token': { op: 'op' } }],
    ['is an empty list', { 'X-Auth-Token': [] }],
    ['is a list in a list', { 'X-Auth-Token': [['op']] }],
    ['is doubled', { 'X-Auth-Token': ['op', 'op'] }],
    ['is doubled, the first empty', { 'X-Auth-Token': ['', 'op'] }],
    ['is doubled, the last empty', { 'X-Auth-Token': ['op', ''] }],
    ['is doubled in two casings', { 'X-Auth-Token': 'op', 'x-auth-token': 'op' }],
    ['is joined with a comma', { 'X-Auth-Token': 'op, op' }],
    ['has another scheme', { Authorization: 'Basic op' }],
    ['has no scheme', { Authorization: 'op' }],
    ['has a scheme alone', { Authorization: 'Bearer' }],
    ['has a scheme and a space alone', { Authorization: 'Bearer ' }],
    ['has no space after the scheme', { Authorization: 'Bearerop' }],
    ['holds two credentials', { Authorization: 'Bearer op op' }],
    ['has a scheme before the scheme', { Authorization: 'A Bearer op' }],
    ['is empty in one header', { 'X-Auth-Token': '', Authorization: 'Bearer co' }],
    ['is unreadable in one header', { 'X-Auth-Token': 'co', Authorization: 'Basic co' }],
    ['is empty in our own header', { 'X-Auth-Token': 'co', 'X-Caller-Key': '' }],
    ['is another credential in a second header', { 'X-Auth-Token': 'mo', Authorization: 'Bearer op' }],
    ['is two keys of one caller', { 'X-Auth-Token': 'jo', Authorization: 'Bearer newer' }],
    ['is another credential in the third header', { 'X-Auth-Token': 'mo', 'X-Caller-Key': 'co' }],
    ['is nobody in a second header', { 'X-Auth-Token': 'op', Authorization: 'Bearer other' }],
  ])('%s', (_, headers) => {
    expect(callerWith(headers)).toBe('unknown')
  })

  test('is doubled in the field that holds every value', () => {
    const headers = { 'X-Auth-Token': 'co' }
    expect(callerOf({ headers, multiValueHeaders: { 'x-auth-token': ['mo', 'co'] } })).toBe('unknown')
  })
})

test('two fields that name different credentials name nobody', () => {
  expect(callerOf({ headers: { 'X-Auth-Token': 'co' }, multiValueHeaders: { 'X-Auth-Token': ['mo'] } })).toBe('unknown')
  expect(callerOf({ headers: { 'X-Auth-Token': ['co', 'co'] }, multiValueHeaders: { 'X-Auth-Token': ['co'] } })).toBe(
    'unknown',
  )
  expect(callerOf({ headers: {}, multiValueHeaders: { 'X-Auth-Token': ['co'] } })).toBe('consumer app')
})

test('an empty header is nobody, also where the hash of nothing is on the list', () => {
  const nothing = [{ name: 'nothing', role: 'operator', sha256: [hash('')] }] as const
  for (const headers of [{ 'X-Auth-Token': '' }, { 'X-Caller-Key': '' }, { 'X-Auth-Token': [''] }]) {
    expect(identify(readEvent({ headers }), nothing).role).toBe('unknown')
  }
})

test('a malformed hash on the list matches nobody', () => {
  const request = readEvent({ headers: { 'X-Auth-Token': 'op' } })
  const odd = ['', 'zz'].map(hash => ({ name: 'odd', role: 'operator', sha256: [hash] }) as const)
  expect(identify(request, odd)).toEqual({ role: 'unknown', name: null })
})

test('who is recognised passes, and both others are refused with a code of their own', () => {
  const refused = (role: 'absent' | 'unknown') => expect(() => recognised({ role, name: null }))
  expect(recognised({ role: 'monitor', name: 'uptime' })).toEqual({ role: 'monitor', name: 'uptime' })
  refused('absent').toThrow(expect.objectContaining({ status: 403, code: 'no-credential' }))
  refused('unknown').toThrow(expect.objectContaining({ status: 403, code: 'unknown-caller' }))
})
