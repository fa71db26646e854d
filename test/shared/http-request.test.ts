import { expect, test } from 'vitest'
import { readEvent } from '../../functions/shared/http-request.ts'

test('a header is found by its name in any casing, and its last text counts', () => {
  const { header } = readEvent({ headers: { 'if-None-Match': ['"1"', '"2"', 3] } })
  expect([header('If-None-Match'), header('Cookie')]).toEqual(['"2"', undefined])
})

test('the client’s address is the one that the platform measured, not one that the client names', () => {
  const headers = { 'X-Forwarded-For': '10.0.0.1, 203.0.113.9', 'X-Envoy-External-Address': '203.0.113.9' }
  expect(readEvent({ headers }).clientAddress).toBe('203.0.113.9')
  expect(readEvent({ headers: { 'X-Forwarded-For': '10.0.0.1, 203.0.113.9' } }).clientAddress).toBe('203.0.113.9')
  expect(readEvent({ headers: {} }).clientAddress).toBeNull()
  expect(readEvent({ headers: { 'X-Envoy-External-Address': '2001:db8::1' } }).clientAddress).toBe('2001:db8::1')
})

test.each(['', 'a\nforged line', '<b>', '1'.repeat(46)])('an address that is none is not taken over: %j', address => {
  expect(readEvent({ headers: { 'X-Envoy-External-Address': address } }).clientAddress).toBeNull()
})

test('a header named like a part of the language is a header like any other', () => {
  const event: unknown = JSON.parse('{"headers": {"__proto__": "a", "constructor": "b"}}')
  const { header, headerValues } = readEvent(event)
  expect([header('__proto__'), header('constructor'), headerValues('toString')]).toEqual(['a', 'b', []])
})
