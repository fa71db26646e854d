import { expect, test } from 'vitest'
import { hashedValue } from './hashed-value.ts'

test('a secret value becomes the argon2id string that another implementation derives for it', () => {
  // Derived by the Argon2id of Python's `cryptography`, over OpenSSL.
  expect(hashedValue('a secret of a function')).toBe(
    '$argon2id$v=19$m=8,t=1,p=1$YayWFxQ+H4SFJzHj6MFmZg$LlS06HEGtv6RcuhZ/VP1FAqOOdTm1L9WNOgPUMcEcSg',
  )
})

test('one value has one hash, and different values differ in salt and hash', () => {
  expect(hashedValue('one')).toBe(hashedValue('one'))
  const [, , , , oneSalt, oneHash] = hashedValue('one').split('$')
  const [, , , , otherSalt, otherHash] = hashedValue('other').split('$')
  expect([oneSalt, oneHash]).not.toContain(otherSalt)
  expect(oneHash).not.toBe(otherHash)
})
