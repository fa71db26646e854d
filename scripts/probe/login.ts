import { isProtectedUrl, protectedUrlForm } from '../../functions/shared/protected-url.ts'
import { Secret } from '../../functions/shared/secret.ts'
import { CannotProceedError } from '../cli/cannot-proceed.ts'

/** A key, and where Scaleway is. */
export interface Login {
  readonly apiUrl: string
  readonly region: string
  readonly organizationId: string
  readonly accessKey: string
  readonly secretKey: Secret
}

const needed = ['SCW_ACCESS_KEY', 'SCW_SECRET_KEY', 'SCW_DEFAULT_ORGANIZATION_ID'] as const
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Reads the key that the probe works with from the variables that Terraform reads it from.
 * @throws {CannotProceedError} that names the variables, never a value
 */
export function readLogin(env: Readonly<Record<string, string | undefined>>): Login {
  const missing = needed.filter(name => (env[name] ?? '') === '')
  if (missing.length > 0) {
    throw new CannotProceedError(`The probe needs a key in the environment. Missing: ${missing.join(', ')}.`)
  }
  const { SCW_ACCESS_KEY: accessKey = '', SCW_SECRET_KEY: secretKey = '' } = env
  const { SCW_DEFAULT_ORGANIZATION_ID: organizationId = '' } = env
  if (!/^SCW[A-Z0-9]{17}$/.test(accessKey)) throw malformed('SCW_ACCESS_KEY', 'SCW and 17 capitals and digits')
  if (!uuid.test(secretKey)) throw malformed('SCW_SECRET_KEY', 'a UUID')
  if (!uuid.test(organizationId)) throw malformed('SCW_DEFAULT_ORGANIZATION_ID', 'a UUID')
  const region = env.SCW_DEFAULT_REGION || 'fr-par'
  if (!/^[a-z]{2}-[a-z]{3}$/.test(region)) throw malformed('SCW_DEFAULT_REGION', 'a region such as fr-par')
  const apiUrl = (env.SCW_API_URL || 'https://api.scaleway.com').replace(/\/+$/, '')
  if (!isProtectedUrl(apiUrl)) throw malformed('SCW_API_URL', protectedUrlForm)
  return { apiUrl, region, organizationId, accessKey, secretKey: new Secret(secretKey) }
}

function malformed(name: string, form: string): CannotProceedError {
  return new CannotProceedError(`${name} must be ${form}.`)
}
