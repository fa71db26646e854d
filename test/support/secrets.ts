import { expect } from 'vitest'

/** Expects that none of the secrets stands anywhere in the texts, raw or in base64. */
export function expectNoSecret(texts: readonly string[], secrets: readonly string[]): void {
  const all = texts.join('\n')
  for (const secret of secrets) {
    expect(all.includes(secret), 'a secret stands in the output').toBe(false)
    expect(all.includes(Buffer.from(secret).toString('base64')), 'a secret stands in the output, in base64').toBe(false)
  }
}
