import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { identify } from '../../functions/shared/caller.ts'
import { readEvent } from '../../functions/shared/http-request.ts'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const known = {
  operators: [hash('op')],
  consumers: { app: hash('co'), job: hash('jo') },
  monitors: { uptime: hash('mo') },
}
const callerWith = (headers: Record<string, string>) => identify(readEvent({ headers }), known)

test.each([
  [{ 'X-Auth-Token': 'op' }, { role: 'operator', name: null }],
  [{ 'x-auth-token': 'jo' }, { role: 'consumer', name: 'job' }],
  [{ 'X-Auth-Token': 'mo' }, { role: 'monitor', name: 'uptime' }],
  [{ 'X-Auth-Token': 'other' }, { role: 'unknown', name: null }],
  [{ 'X-Auth-Token': hash('op') }, { role: 'unknown', name: null }],
  [{}, { role: 'absent', name: null }],
  [{ 'X-Auth-Token': '' }, { role: 'absent', name: null }],
  [{ Authorization: 'Bearer op' }, { role: 'operator', name: null }],
  [{ authorization: 'bearer co' }, { role: 'consumer', name: 'app' }],
  [{ Authorization: 'Bearer   op' }, { role: 'operator', name: null }],
  [{ Authorization: 'Basic op' }, { role: 'absent', name: null }],
  [{ Authorization: 'op' }, { role: 'absent', name: null }],
  [{ Authorization: 'Bearer' }, { role: 'absent', name: null }],
  [{ Authorization: 'Bearer ' }, { role: 'absent', name: null }],
  [{ Authorization: 'Bearerop' }, { role: 'absent', name: null }],
  [{ Authorization: 'Bearer op op' }, { role: 'absent', name: null }],
  [{ Authorization: 'A Bearer op' }, { role: 'absent', name: null }],
  [
    { 'X-Auth-Token': '', Authorization: 'Bearer co' },
    { role: 'consumer', name: 'app' },
  ],
  [
    { 'X-Auth-Token': 'other', Authorization: 'Bearer op' },
    { role: 'unknown', name: null },
  ],
])('headers %j identify the caller %j', (headers, caller) => {
  expect(callerWith(headers)).toEqual(caller)
})

test('a malformed hash matches no caller', () => {
  const request = readEvent({ headers: { 'X-Auth-Token': 'op' } })
  expect(identify(request, { operators: ['', 'zz'] })).toEqual({ role: 'unknown', name: null })
})
