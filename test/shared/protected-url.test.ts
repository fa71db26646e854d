import { expect, test } from 'vitest'
import { apiUrl, readEnv } from '../../functions/shared/env.ts'
import { isProtectedUrl } from '../../functions/shared/protected-url.ts'

test.each([
  'https://api.scaleway.com',
  'https://[2001:db8::1]:8443/below',
  'http://127.0.0.1:8080',
  'http://localhost',
  'http://[::1]:8080/below',
])('a credential may be sent to %s, and Scaleway may be there', url => {
  expect(isProtectedUrl(url)).toBe(true)
  expect(readEnv({ API_URL: url }, { API_URL: apiUrl })).toEqual({ API_URL: url })
})

test.each([
  'http://api.scaleway.com',
  'http://10.0.0.1',
  'http://127.0.0.1.example.test',
  'http://localhost.example.test',
  'http://127.0.0.1@example.test',
  'http://127.0.0.1:80@example.test',
  'http://user:planted@127.0.0.1',
  'https://user@api.scaleway.com',
  'https://:planted@api.scaleway.com',
  'ftp://127.0.0.1',
  'file:///etc/passwd',
  'https://[',
  'planted',
])('a credential is not sent to %s, and Scaleway is not there', url => {
  expect(isProtectedUrl(url)).toBe(false)
  const read = () => readEnv({ API_URL: url }, { API_URL: apiUrl })
  expect(read).toThrow('API_URL must be an https URL without user and password (http only to loopback)')
  expect(read).not.toThrow('planted')
})

test.each(['https://api.scaleway.com/', 'https://api.scaleway.com/?a=b', 'https://api.scaleway.com#a', 'https://a b'])(
  'Scaleway is not at %s, because a path is put behind it',
  url => {
    expect(() => readEnv({ API_URL: url }, { API_URL: apiUrl })).toThrow('API_URL must be')
  },
)
