import type { Condition } from './iam/conditions.ts'

/** An IAM application (docs/scaleway.md#applications). */
export interface ApplicationRecord {
  readonly id: string
  readonly sequence: number
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** An API key without its secret, which is kept apart so that no record can leak it (docs/scaleway.md#key-fields). */
export interface ApiKeyRecord {
  readonly accessKey: string
  readonly sequence: number
  /** Exactly one of `applicationId` and `userId` is set. */
  readonly applicationId: string | undefined
  readonly userId: string | undefined
  readonly description: string
  readonly createdAt: Date
  readonly updatedAt: Date
  /** Undefined: never. */
  readonly expiresAt: Date | undefined
  readonly defaultProjectId: string
  readonly creationIp: string
}

/** Where a rule applies: the organization (which includes all its projects) or some projects. */
export type RuleScope = { readonly organizationId: string } | { readonly projectIds: readonly string[] }

/** One allow-only rule of a policy (docs/scaleway.md#policies). */
export interface RuleRecord {
  readonly id: string
  readonly permissionSetNames: readonly string[]
  readonly scope: RuleScope
  /** CEL, as given; empty: no condition. */
  readonly condition: string
  readonly holds: Condition
}

/** The principal that a policy is attached to. */
export type Principal =
  | { readonly applicationId: string }
  | { readonly userId: string }
  | { readonly groupId: string }
  | { readonly noPrincipal: true }

/** An IAM group (docs/scaleway.md#groups). */
export interface GroupRecord {
  readonly id: string
  readonly sequence: number
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  /** The platform's own group of all of these; undefined: an ordinary one. */
  readonly managed: 'applications' | 'users' | undefined
  /** The members of an ordinary group. */
  readonly applicationIds: readonly string[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** An IAM policy; its rules keep their order. */
export interface PolicyRecord {
  readonly id: string
  readonly sequence: number
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly principal: Principal
  readonly rules: readonly RuleRecord[]
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Types of a secret (docs/scaleway.md#secret-types). */
export const SECRET_TYPES = [
  'opaque',
  'certificate',
  'key_value',
  'basic_credentials',
  'database_credentials',
  'ssh_key',
] as const

/** One of the types of a secret; fixed when it is created. */
export type SecretType = (typeof SECRET_TYPES)[number]

/** A secret without its versions (docs/scaleway.md#secrets). */
export interface SecretRecord {
  readonly id: string
  readonly sequence: number
  readonly projectId: string
  readonly region: string
  readonly name: string
  readonly path: string
  readonly type: SecretType
  readonly description: string | undefined
  readonly tags: readonly string[]
  readonly protected: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly deletionRequestedAt: Date | undefined
}

/**
 * The statuses of a listed version; after 7 days of `scheduled_for_deletion` it is deleted
 * (docs/scaleway.md#versions, #soft-deletion).
 */
type VersionStatus = 'enabled' | 'disabled' | 'scheduled_for_deletion'

/** A version without its payload, which is kept apart so that no record can leak it (docs/scaleway.md#versions). */
export interface VersionRecord {
  readonly secretId: string
  readonly revision: number
  readonly status: VersionStatus
  /** What a restore brings back. */
  readonly statusBeforeDeletion: 'enabled' | 'disabled'
  readonly description: string | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly deletionRequestedAt: Date | undefined
}

/** The bytes of a version, and the checksum if the writer gave one. */
export interface Payload {
  readonly base64: string
  readonly crc32: number | undefined
}
