import { Refusal } from '../../http/errors.ts'
import type { Sleep } from '../../sleep.ts'
import type { State } from '../../state.ts'
import { Table } from '../../table.ts'
import type { CronTrigger } from '../cron.ts'
import type { CallAuthority } from '../privacy.ts'
import type { Hosting } from './hosting.ts'
import type { CronRecord, FunctionRecord, NamespaceRecord } from './records.ts'

/** The state of the Functions product and what it depends on. */
export interface Product {
  /** The local Scaleway's own: clock, ids, project. */
  readonly state: State
  readonly authority: CallAuthority
  /** Where uploads go: the local Scaleway itself. */
  readonly apiUrl: string
  /** True when CRONs fire by their schedule. */
  readonly schedule: boolean
  /** How a caller waits for a cold start. */
  readonly sleep: Sleep
  /** When the caller of a CRON hangs up that does. */
  readonly cronPatienceMilliseconds: number
  readonly log: (line: string) => void
  readonly namespaces: Table<string, NamespaceRecord>
  readonly functions: Table<string, FunctionRecord>
  readonly crons: Table<string, CronRecord>
  /** By function id: the zip that was uploaded last. */
  readonly uploads: Map<string, Uint8Array>
  /** By function id: the zip of the last deployment, good or not. */
  readonly deployedCode: Map<string, Uint8Array>
  /** By function id: resolves when its last deployment has an outcome; never rejects. */
  readonly deployments: Map<string, Promise<void>>
  /** By function id: its address and what runs behind it. */
  readonly hostings: Map<string, Hosting>
  /** By cron id. */
  readonly triggers: Map<string, CronTrigger>
}

/** A product without namespaces. */
export function createProduct(
  parts: Pick<Product, 'state' | 'authority' | 'apiUrl' | 'schedule' | 'sleep' | 'cronPatienceMilliseconds' | 'log'>,
): Product {
  return {
    ...parts,
    namespaces: new Table(),
    functions: new Table(),
    crons: new Table(),
    uploads: new Map(),
    deployedCode: new Map(),
    deployments: new Map(),
    hostings: new Map(),
    triggers: new Map(),
  }
}

/** The record of that id and region; else 404, which here has only a message (docs/scaleway.md#errors). */
export function found<Item extends { readonly region: string }>(
  table: Table<string, Item>,
  id: string,
  region: string,
): Item {
  const record = table.get(id)
  if (record === undefined || record.region !== region) throw new Refusal(404, { message: 'resource is not found' })
  return record
}

/** The namespace of a function: it is there as long as the function is. */
export function namespaceOf(product: Product, { namespaceId, region }: FunctionRecord): NamespaceRecord {
  return found(product.namespaces, namespaceId, region)
}

/**
 * 409, with only a message: what a taken name is answered is unknown, this is the harder reading
 * (docs/scaleway.md#functions-api).
 */
export function nameTaken(resource: string, name: string): Refusal {
  return new Refusal(409, { message: `a ${resource} named ${name} exists already` })
}
