import { crc32 } from 'node:zlib'
import * as v from 'valibot'
import { type Credential, encodeCredential } from '../../shared/credential.ts'
import { readVersionMarker } from '../plan/markers.ts'
import type { Version } from '../plan/world.ts'
import { ApiError, calling } from './api-error.ts'
import type { Scaleway } from './client.ts'
import { everyPage } from './pages.ts'

/** The secret's versions, without their payloads: the rotator may not read those. Every method throws an `ApiError`. */
export interface Versions {
  /** All versions, newest first, those scheduled for deletion included. */
  list(): Promise<Version[]>
  /** The newest enabled version, requested by itself: a list may lag behind it. Undefined when there is none. */
  served(): Promise<Version | undefined>
  /** One version, requested by itself: a list may have left it out. Undefined when there is none of this revision. */
  get(revision: number): Promise<Version | undefined>
  /** Publishes a credential as a new version, which is enabled at once (docs/scaleway.md#versions). Never repeated. */
  publish(wanted: { credential: Credential; description: string }): Promise<Version>
  disable(revision: number): Promise<void>
  /** When the deletion of the whole secret was requested; undefined while it is there. */
  secretDeletedAt(): Promise<Date | undefined>
  /** Schedules a version's deletion. One that is gone already counts as deleted. */
  remove(revision: number): Promise<void>
}

const listedVersion = v.object({
  revision: v.pipe(v.number(), v.integer(), v.minValue(1)),
  status: v.picklist(['enabled', 'disabled', 'scheduled_for_deletion', 'deleted', 'unknown_status']),
  createdAt: v.date(),
  updatedAt: v.optional(v.date()),
  description: v.nullish(v.string(), ''),
})
const waiting = v.object({ id: v.string(), deletionRequestedAt: v.optional(v.date()) })
const versionPage = v.object({ versions: v.array(listedVersion), totalCount: v.number() })

/** Gives the versions of one secret behind the SDK. */
export function versionsOf({
  scaleway: { secrets },
  secretId,
}: {
  scaleway: Pick<Scaleway, 'secrets'>
  secretId: string
}): Versions {
  const get = async (revision: string) => {
    const answer = () => secrets.getSecretVersion({ secretId, revision })
    try {
      return read(await calling('get version', async () => v.parse(listedVersion, await answer())))
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined
      throw error
    }
  }
  return {
    async list() {
      const readPage = async (page: number) => {
        const answer = await secrets.listSecretVersions({ secretId, page, pageSize: 100 })
        const { versions, totalCount } = v.parse(versionPage, answer)
        return { items: versions, totalCount }
      }
      const listed = await everyPage('list versions', readPage).catch(asGone)
      return listed.map(read).sort((a, b) => b.revision - a.revision)
    },
    served: () => get('latest_enabled'),
    get: revision => get(String(revision)),
    async publish({ credential, description }) {
      const payload = Buffer.from(encodeCredential(credential))
      const body = {
        secretId,
        description,
        data: payload.toString('base64'),
        dataCrc32: crc32(payload),
        // It would disable what a rollback falls back to (docs/scaleway.md#version-calls).
        disablePrevious: false,
      }
      return calling('publish version', async () =>
        read(v.parse(listedVersion, await secrets.createSecretVersion(body))),
      )
    },
    async disable(revision) {
      await calling('disable version', () => secrets.disableSecretVersion({ secretId, revision: String(revision) }))
    },
    async secretDeletedAt() {
      const answer = () => secrets.getSecret({ secretId })
      const secret = await calling('get secret', async () => v.parse(waiting, await answer())).catch(asGone)
      return secret.deletionRequestedAt
    },
    async remove(revision) {
      try {
        await calling('delete version', () => secrets.deleteSecretVersion({ secretId, revision: String(revision) }))
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error
      }
    },
  }
}

/**
 * A secret that waits for its deletion is still read (docs/scaleway.md#soft-deletion), so 404 says that there is none.
 * @throws {ApiError}
 */
function asGone(error: unknown): never {
  if (!(error instanceof ApiError && error.status === 404)) throw error
  throw new ApiError({ code: 'secret-gone', operation: error.operation, status: 404, type: error.type })
}

function read({ revision, status, createdAt, updatedAt, description }: v.InferOutput<typeof listedVersion>): Version {
  return { revision, status, createdAt, updatedAt: updatedAt ?? createdAt, marker: readVersionMarker(description) }
}
