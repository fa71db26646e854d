import * as v from 'valibot'
import { parseJson } from '../../shared/json.ts'

/** What Secret Manager says about a version that was accessed. `data` is base64; `checksum` is the CRC-32 of what it decodes to. */
export interface AccessAnswer {
  readonly secretId: string
  readonly revision: number
  readonly data: string
  readonly checksum: number | undefined
}

const form = v.object({
  secret_id: v.string(),
  revision: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  data: v.string(),
  data_crc32: v.nullish(v.number()),
})

/** Reads the body of an access call (docs/scaleway.md#version-calls); `undefined` when it is anything else. */
export function readAccess(text: string): AccessAnswer | undefined {
  const parsed = v.safeParse(form, parseJson(text))
  if (!parsed.success) return undefined
  const { secret_id, revision, data, data_crc32 } = parsed.output
  return { secretId: secret_id, revision, data, checksum: data_crc32 ?? undefined }
}
