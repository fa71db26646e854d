import { type Clock, systemClock } from './clock.ts'
import { createRandom, type Random } from './random.ts'
import { defaultReadings, type Readings } from './readings.ts'
import type {
  ApiKeyRecord,
  ApplicationRecord,
  GroupRecord,
  Payload,
  PolicyRecord,
  SecretRecord,
  VersionRecord,
} from './records.ts'
import { Table } from './table.ts'

/** Counts at which the platform says `quotas_exceeded` (docs/scaleway.md#iam-quotas, #secrets, #version-quota). */
interface Quotas {
  readonly apiKeys: number
  readonly applications: number
  readonly policies: number
  readonly secrets: number
  readonly versionsPerSecret: number
}

/** The versions of one secret. Revisions only ever grow, also past deleted ones. */
export interface Shelf {
  lastRevision: number
  readonly versions: Table<number, VersionRecord>
  readonly payloads: Map<number, Payload>
}

/** The whole state of the local Scaleway. */
export interface State {
  readonly clock: Clock
  /** May be changed while it runs. */
  readonly readings: Readings
  readonly random: Random
  readonly organizationId: string
  readonly projectId: string
  readonly ownerUserId: string
  readonly quotas: Quotas
  /** The organization's maximum lifetime of keys; 0: none is set (docs/scaleway.md#key-expiry). */
  maxApiKeyExpirationSeconds: number
  /** Grows with every record, to order those of the same millisecond. */
  sequence: number
  readonly applications: Table<string, ApplicationRecord>
  readonly groups: Table<string, GroupRecord>
  readonly policies: Table<string, PolicyRecord>
  readonly apiKeys: Table<string, ApiKeyRecord>
  /** Secret key → access key; a deleted key is missing at once. */
  readonly secretKeys: Map<string, string>
  readonly secrets: Table<string, SecretRecord>
  /** By secret id. */
  readonly shelves: Map<string, Shelf>
}

/** Options of a new state; the rest has the platform's defaults. */
export interface StateOptions {
  readonly clock?: Clock
  readonly seed?: number
  readonly organizationId?: string
  readonly projectId?: string
  readonly maxApiKeyExpirationSeconds?: number
  /** The documents say 50 or 100; the smaller one is the default (docs/scaleway.md#iam-quotas). */
  readonly apiKeyQuota?: number
  /** What is left out is as in `defaultReadings`. */
  readonly readings?: Partial<Readings>
}

/** Gives an empty organization with one owner, who has no key yet. */
export function createState(options: StateOptions): State {
  const random = createRandom(options.seed)
  return {
    clock: options.clock ?? systemClock,
    readings: { ...defaultReadings, ...options.readings },
    random,
    organizationId: options.organizationId ?? random.uuid(),
    projectId: options.projectId ?? random.uuid(),
    ownerUserId: random.uuid(),
    quotas: {
      apiKeys: options.apiKeyQuota ?? 50,
      applications: 100,
      policies: 50,
      secrets: 100,
      versionsPerSecret: 20,
    },
    maxApiKeyExpirationSeconds: options.maxApiKeyExpirationSeconds ?? 0,
    sequence: 0,
    applications: new Table(),
    groups: new Table(),
    policies: new Table(),
    apiKeys: new Table(),
    secretKeys: new Map(),
    secrets: new Table(),
    shelves: new Map(),
  }
}

/** The next number in order of creation. */
export function nextSequence(state: State): number {
  state.sequence += 1
  return state.sequence
}
