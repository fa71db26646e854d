import { parseJsonObject } from './json.ts'
import { Secret } from './secret.ts'

/** An IAM API key as an application uses it. The access key is public, the secret key is not. */
export interface Credential {
  readonly accessKey: string
  readonly secretKey: Secret
}

/**
 * Gives the stored form of a credential, which is also the answer to an application:
 * `{"API_KEY": …, "SECRET_KEY": …}`, two strings, so that a secret of type `key_value` accepts it
 * (docs/scaleway.md#secret-types).
 */
export function encodeCredential(credential: Credential): string {
  return JSON.stringify({ API_KEY: credential.accessKey, SECRET_KEY: credential.secretKey.reveal() })
}

/**
 * Reads the stored form. Gives `undefined` when the text is anything else (a version that a person added, say):
 * what is wrong with it is not said, because that could quote it.
 */
export function decodeCredential(text: string): Credential | undefined {
  const { API_KEY, SECRET_KEY, ...others } = parseJsonObject(text) ?? {}
  if (!isFilled(API_KEY) || !isFilled(SECRET_KEY) || Object.keys(others).length > 0) return undefined
  return { accessKey: API_KEY, secretKey: new Secret(SECRET_KEY) }
}

function isFilled(given: unknown): given is string {
  return typeof given === 'string' && given !== ''
}
