import * as v from 'valibot'
import type { Credential } from '../../shared/credential.ts'
import { accessKeyPattern, uuidPattern } from '../../shared/formats.ts'
import { Secret } from '../../shared/secret.ts'
import { readKeyMarker } from '../plan/markers.ts'
import type { Key } from '../plan/world.ts'
import { ApiError, calling } from './api-error.ts'
import type { Scaleway } from './client.ts'
import { everyPage } from './pages.ts'

/** The bearer's IAM API keys. Every method throws an `ApiError`. */
export interface Keys {
  /** All keys of the bearer, marked or not, expired or not. */
  list(): Promise<Key[]>
  /** One key by itself; undefined on 404. */
  get(accessKey: string): Promise<Key | undefined>
  /** Makes a key. Not idempotent, so repeated after a 429 alone (docs/scaleway.md#key-creation). */
  create(wanted: { description: string; expiresAt: Date | null }): Promise<{ key: Key; credential: Credential }>
  /** Deletes a key and gives whether it was there. One that is gone already counts as deleted. */
  remove(accessKey: string): Promise<boolean>
}

/**
 * What the keys belong to. `defaultProjectId` is given to every new key: IAM would pick another
 * (docs/scaleway.md#key-creation).
 */
interface KeysOptions {
  readonly scaleway: Pick<Scaleway, 'iam'>
  readonly applicationId: string
  readonly defaultProjectId: string
  readonly secretId: string
}

const keyFields = v.object({
  accessKey: v.pipe(v.string(), v.regex(new RegExp(`^${accessKeyPattern}$`))),
  description: v.nullish(v.string(), ''),
  createdAt: v.date(),
  expiresAt: v.optional(v.date()),
})
// Reject an expiry that is not after creation (a zero date): expired keys are deleted, so believing it would delete a
// live key.
const listedKey = v.pipe(
  keyFields,
  v.check(({ createdAt, expiresAt }) => expiresAt === undefined || expiresAt > createdAt),
)
const keyPage = v.object({ apiKeys: v.array(listedKey), totalCount: v.number() })
const createdKey = v.object({
  ...keyFields.entries,
  secretKey: v.pipe(
    v.string(),
    v.regex(new RegExp(`^${uuidPattern}$`, 'i')),
    v.transform(text => new Secret(text)),
  ),
})

/** Lists the keys of any application. Throws an `ApiError`. */
export async function listKeys({ iam }: Pick<Scaleway, 'iam'>, applicationId: string): Promise<ListedKey[]> {
  return everyPage('list keys', async page => {
    const answer = await iam.listAPIKeys({ bearerId: applicationId, page, pageSize: 100 })
    const { apiKeys, totalCount } = v.parse(keyPage, answer)
    return { items: apiKeys, totalCount }
  })
}

/** Gives any key by itself; undefined on 404. Throws an `ApiError`. */
export async function getKey({ iam }: Pick<Scaleway, 'iam'>, accessKey: string): Promise<ListedKey | undefined> {
  try {
    return await calling('get key', async () => v.parse(listedKey, await iam.getAPIKey({ accessKey })))
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

/** A key as IAM shows it. */
type ListedKey = v.InferOutput<typeof listedKey>

/** Gives the bearer's keys behind the SDK. */
export function keysOf({ scaleway, applicationId, defaultProjectId, secretId }: KeysOptions): Keys {
  const { iam } = scaleway
  const read = ({ accessKey, description, createdAt, expiresAt }: ListedKey): Key => ({
    accessKey,
    createdAt,
    expiresAt: expiresAt ?? null,
    marker: readKeyMarker(description, secretId),
  })
  return {
    list: async () => (await listKeys(scaleway, applicationId)).map(read),
    async get(accessKey) {
      const key = await getKey(scaleway, accessKey)
      return key && read(key)
    },
    async create({ description, expiresAt }) {
      const body = { applicationId, defaultProjectId, description, ...(expiresAt && { expiresAt }) }
      const made = await calling('create key', async () => v.parse(createdKey, await iam.createAPIKey(body)))
      return { key: read(made), credential: { accessKey: made.accessKey, secretKey: made.secretKey } }
    },
    async remove(accessKey) {
      try {
        await calling('delete key', () => iam.deleteAPIKey({ accessKey }))
        return true
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return false
        throw error
      }
    },
  }
}
