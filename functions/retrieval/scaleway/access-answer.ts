import { parseJsonObject } from '../../shared/json.ts'

/** What Secret Manager says about a version that was accessed. `data` is base64; `checksum` is the CRC-32 of what it decodes to. */
interface AccessAnswer {
  readonly secretId: string
  readonly revision: number
  readonly data: string
  readonly checksum: number | undefined
}

/** Reads the body of an access call (docs/scaleway.md#version-calls); `undefined` when it is anything else. */
export function readAccess(text: string): AccessAnswer | undefined {
  const { secret_id: secretId, revision, data, data_crc32: checksum } = parseJsonObject(text) ?? {}
  if (typeof secretId !== 'string' || typeof data !== 'string' || !isRevision(revision)) return undefined
  if (checksum === undefined || checksum === null) return { secretId, revision, data, checksum: undefined }
  return typeof checksum === 'number' ? { secretId, revision, data, checksum } : undefined
}

function isRevision(given: unknown): given is number {
  return typeof given === 'number' && Number.isSafeInteger(given) && given >= 1
}
