import { crc32 } from 'node:zlib'
import { isRecord, parseJson } from '../http/arguments.ts'
import { invalidArgument } from '../http/errors.ts'
import type { Payload, SecretType } from '../records.ts'

/** Largest payload of a version (docs/scaleway.md#payloads). */
const MAX_PAYLOAD_BYTES = 65_536

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * Takes base64 from the wire and the writer's checksum; refuses with 400 what is too big, mis-typed or damaged
 * (docs/scaleway.md#payloads).
 */
export function readPayload(type: SecretType, base64: string, checksum: number | undefined): Payload {
  if (!BASE64.test(base64)) throw invalidArgument('data', 'format', 'must be base64')
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.byteLength === 0) throw invalidArgument('data', 'required')
  if (bytes.byteLength > MAX_PAYLOAD_BYTES) {
    throw invalidArgument('data', 'constraint', `must not be larger than ${MAX_PAYLOAD_BYTES} bytes`)
  }
  if (checksum !== undefined && checksum !== crc32(bytes)) {
    throw invalidArgument('data_crc32', 'constraint', 'does not match the data')
  }
  checkType(type, bytes)
  return { base64, crc32: checksum }
}

/** Only the two types whose form is known are checked (docs/scaleway.md#secret-types); the others take anything. */
function checkType(type: SecretType, bytes: Buffer): void {
  if (type !== 'key_value' && type !== 'basic_credentials') return
  const value = parseJson(bytes.toString('utf8'))
  const isFlat = isRecord(value) && Object.values(value).every(field => typeof field === 'string')
  const isComplete = type === 'key_value' || (isRecord(value) && 'username' in value && 'password' in value)
  if (!isFlat || !isComplete) throw invalidArgument('data', 'format', `does not have the form of type ${type}`)
}
