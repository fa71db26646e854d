import { accessKeyPattern, uuidPattern } from '../../shared/formats.ts'

/** What our description of a key says: whose it is and which run made it. */
export interface KeyMarker {
  readonly secretId: string
  readonly runId: string
}

/** What our description of a version says: the access key inside it (no secret), the run, and the flag. */
export interface VersionMarker {
  readonly accessKey: string
  readonly runId: string
  /** The version replaces a key that leaked: everything older is to go without overlap. */
  readonly compromise: boolean
}

const product = 'api-key-rotation v1'
const date = '\\d{4}-\\d\\d-\\d\\d'
const keyForm = new RegExp(`^${product} secret=(${uuidPattern}) run=(${uuidPattern}) on=${date}$`)
const versionForm = new RegExp(
  `^${product} key=(${accessKeyPattern}) run=(${uuidPattern}) on=${date}( flag=compromise)?$`,
)

/** Writes a key's description: at most 200 characters (docs/scaleway.md#key-calls). */
export function describeKey({ secretId, runId }: KeyMarker, at: Date): string {
  return `${product} secret=${secretId} run=${runId} on=${day(at)}`
}

/** Writes a version's description. The access key in it spares the rotator the right to read payloads. */
export function describeVersion({ accessKey, runId, compromise }: VersionMarker, at: Date): string {
  return `${product} key=${accessKey} run=${runId} on=${day(at)}${compromise ? ' flag=compromise' : ''}`
}

/** Reads a key's description; `null` for any that we did not write for this secret: that key is not ours to touch. */
export function readKeyMarker(description: string, secretId: string): KeyMarker | null {
  const [, secret, runId] = keyForm.exec(description) ?? []
  return secret === secretId && runId !== undefined ? { secretId: secret, runId } : null
}

/** Reads a version's description; `null` for any that we did not write: that version is not ours to touch. */
export function readVersionMarker(description: string): VersionMarker | null {
  const [, accessKey, runId, flag] = versionForm.exec(description) ?? []
  if (accessKey === undefined || runId === undefined) return null
  return { accessKey, runId, compromise: flag !== undefined }
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10)
}
