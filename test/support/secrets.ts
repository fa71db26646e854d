import { expect } from 'vitest'

/** Expects that the texts contain none of the secrets, raw or in base64. */
export function expectNoSecret(texts: readonly string[], secrets: readonly string[]): void {
  const all = texts.join('\n')
  for (const secret of secrets) {
    expect(all.includes(secret), 'the output contains a secret').toBe(false)
    expect(all.includes(Buffer.from(secret).toString('base64')), 'the output contains a secret in base64').toBe(false)
  }
}
