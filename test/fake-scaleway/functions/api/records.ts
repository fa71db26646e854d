import type { Privacy } from '../privacy.ts'

/** A secret variable: what the function gets, and the hash, which is all that the API gives back. */
export interface SecretVariable {
  readonly value: string
  readonly hashedValue: string
}

/** The variables of a namespace or a function. */
export interface Environment {
  readonly plain: Readonly<Record<string, string>>
  readonly secret: Readonly<Record<string, SecretVariable>>
}

/** A namespace of functions (docs/scaleway.md#namespace-records). */
export interface NamespaceRecord {
  readonly id: string
  readonly sequence: number
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
  readonly environment: Environment
  readonly projectId: string
  readonly region: string
  readonly registryNamespaceId: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** The settings of a function; all of them can be changed later (docs/scaleway.md#function-records). */
export interface FunctionSettings {
  readonly description: string
  readonly tags: readonly string[]
  readonly environment: Environment
  readonly runtime: string
  readonly handler: string
  readonly privacy: Privacy
  readonly minScale: number
  readonly maxScale: number
  readonly memoryLimitMegabytes: number
  readonly timeoutSeconds: number
  readonly httpOption: 'enabled' | 'redirected'
  readonly sandbox: 'v1' | 'v2'
}

/**
 * `created`: never deployed. `error`: the last deployment failed; an earlier good one may still serve
 * (docs/scaleway.md#function-records, #deployments).
 */
export type FunctionStatus = 'created' | 'pending' | 'ready' | 'error'

/** A function. Its code and its process are kept apart. */
export interface FunctionRecord extends FunctionSettings {
  readonly id: string
  readonly sequence: number
  readonly namespaceId: string
  readonly name: string
  readonly region: string
  /** Host and port, without a scheme; the same for as long as the function exists. */
  readonly domainName: string
  readonly status: FunctionStatus
  readonly errorMessage: string | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly readyAt: Date | undefined
}

/** A CRON trigger (docs/scaleway.md#cron-records). */
export interface CronRecord {
  readonly id: string
  readonly sequence: number
  readonly functionId: string
  readonly name: string
  readonly schedule: string
  readonly args: Readonly<Record<string, unknown>>
  readonly region: string
  readonly createdAt: Date
}
