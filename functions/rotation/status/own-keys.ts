import type { Identity } from '../identities.ts'
import { applyLimitMs } from '../plan/timing.ts'
import { ageMs, type Key } from '../plan/world.ts'
import { credentialProblems, type OwnCredential } from './credentials.ts'
import type { Problem } from './problem.ts'
import { type RotatorKey, rotatorKeyProblems } from './rotator-key.ts'

/** A key of one of the deployment's own applications. */
type IdentityKey = Omit<OwnCredential, 'expiresAt'>

/** The keys of the deployment's own applications, as IAM shows them to the rotator. */
export interface OwnKeys {
  readonly rotator: RotatorKey
  /** Keys that Terraform made, the rotator's among them. */
  readonly credentials: readonly OwnCredential[]
  /** Keys that Terraform did not make: whoever holds the rotator's key can make one for any application. */
  readonly unknown: readonly IdentityKey[]
  /** Applications whose keys IAM does not show. */
  readonly hidden: readonly string[]
  /** How many keys there are of those that it does. */
  readonly count: number
  /** How old one that Terraform made may become before that is an alarm. */
  readonly maxAgeMs: number
}

/** Gives those of an application's keys that Terraform made. Pure. */
export function credentialsOf({ name, accessKeys }: Identity, listed: readonly ListedKey[]): OwnCredential[] {
  return listed
    .filter(({ accessKey }) => accessKeys.includes(accessKey))
    .map(({ accessKey, createdAt, expiresAt = null }) => ({ application: name, accessKey, createdAt, expiresAt }))
}

/** Gives those of an application's keys that Terraform did not make. Pure. */
export function unknownKeys({ name, accessKeys }: Identity, listed: readonly ListedKey[]): IdentityKey[] {
  return listed
    .filter(({ accessKey }) => !accessKeys.includes(accessKey))
    .map(({ accessKey, createdAt }) => ({ application: name, accessKey, createdAt }))
}

/** What is wrong with the deployment's own keys, alarms first. Pure. */
export function ownKeyProblems(ownKeys: OwnKeys, now: Date): Problem[] {
  const { rotator, credentials, unknown, hidden, maxAgeMs } = ownKeys
  const strange = settledUnknownKeys(unknown, now)
  return [
    ...(strange.length > 0 ? [{ code: 'unknown-key', alarming: true, message: unknownMessage(strange) } as const] : []),
    ...credentialProblems(credentials, maxAgeMs, now),
    ...rotatorKeyProblems(rotator, maxAgeMs, now),
    ...(hidden.length > 0 ? [{ code: 'keys-hidden', alarming: false, message: hiddenMessage(hidden) } as const] : []),
  ]
}

/** A key as a list of IAM has it. */
interface ListedKey extends Pick<Key, 'accessKey' | 'createdAt'> {
  readonly expiresAt?: Date | undefined
}

/** Without those that an apply under way may have made. Pure. */
export function settledUnknownKeys(unknown: readonly IdentityKey[], now: Date): IdentityKey[] {
  return unknown.filter(({ createdAt }) => ageMs(createdAt, now) > applyLimitMs)
}

function unknownMessage(keys: readonly IdentityKey[]): string {
  const named = keys.map(({ accessKey, application }) => `${accessKey} of ${application}`).join(', ')
  return `Terraform did not make ${named}. If none of you did, the rotator's key has leaked, or another one with IAM rights: delete the key and follow the runbook.`
}

function hiddenMessage(applications: readonly string[]): string {
  return `IAM does not show the keys of ${applications.join(', ')}: a key that somebody else makes for them stays unseen.`
}
