import type { TextLimits } from '../http/arguments.ts'
import type { Call } from '../router.ts'

/** The path of the IAM API, which has no region (docs/scaleway.md#iam-api). */
export const IAM = '/iam/v1alpha1'

/** Limits that the SDK's own rules state for names of applications and policies. */
export const NAME: TextLimits = { maxLength: 64, pattern: /^[a-zA-Z0-9()._\- ]+$/ }

/** What IAM takes as a tag (docs/scaleway.md#applications); a colon is a 400. */
export const TAG: TextLimits = { pattern: /^[a-zA-Z0-9._\-/=+@ ]+$/ }

/** Longest description in IAM (docs/scaleway.md#key-calls). */
export const DESCRIPTION: TextLimits = { maxLength: 200 }

/**
 * The organization a call names in query or body; ours when it names none or an empty one
 * (docs/scaleway.md#provider-conventions).
 */
export function givenOrganization(call: Call): string {
  return call.query.text('organization_id') ?? (call.body.text('organization_id') || call.state.organizationId)
}
