import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCredential, encodeCredential } from '../../functions/shared/credential.ts'
import { Secret } from '../../functions/shared/secret.ts'

describe('the stored form of a credential', () => {
  test('is exactly the two fields that applications read', () => {
    const credential = { accessKey: 'SCWAAAAAAAAAAAAAAAAA', secretKey: new Secret('s') }
    expect(encodeCredential(credential)).toBe('{"API_KEY":"SCWAAAAAAAAAAAAAAAAA","SECRET_KEY":"s"}')
  })

  test('reads back as it was written', () => {
    const text = fc.string({ minLength: 1 })
    fc.assert(
      fc.property(text, text, (accessKey, secret) => {
        const read = decodeCredential(encodeCredential({ accessKey, secretKey: new Secret(secret) }))
        expect([read?.accessKey, read?.secretKey.reveal()]).toEqual([accessKey, secret])
      }),
    )
  })

  test.each([
    '',
    'null',
    '[]',
    '{"API_KEY":"a"}',
    '{"API_KEY":"a","SECRET_KEY":""}',
    '{"API_KEY":"a","SECRET_KEY":1}',
    '{"API_KEY":"a","SECRET_KEY":"b","more":"c"}',
    '{"API_KEY":"a","SECRET_KEY":"b"',
  ])('is not read from %s', text => {
    expect(decodeCredential(text)).toBeUndefined()
  })
})
