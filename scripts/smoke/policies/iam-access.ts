import { isProtectedUrl } from '../../../functions/shared/protected-url.ts'
import { CannotProceedError } from '../../cli/cannot-proceed.ts'

/** A key of a person or a pipeline, and where IAM is. */
export interface IamAccess {
  readonly apiUrl: string
  readonly accessKey: string
  readonly secretKey: string
}

/**
 * Finds the key of whoever runs a command, where the Terraform provider finds it first; undefined without one.
 * @throws {CannotProceedError} when the key would cross a network in clear text
 */
export function iamAccess(environment: Readonly<Record<string, string | undefined>>): IamAccess | undefined {
  const { SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey, SCW_API_URL: apiUrl } = environment
  if (!accessKey || !secretKey) return undefined
  if (apiUrl && !isProtectedUrl(apiUrl)) throw new CannotProceedError(urlInClearText)
  return { accessKey, secretKey, apiUrl: apiUrl || 'https://api.scaleway.com' }
}

const urlInClearText =
  'SCW_API_URL must be an https address without user and password (http only to 127.0.0.1, localhost or [::1]): your key would be sent there in clear text.'
