import { createAdvancedClient, Iamv1alpha1, Secretv1beta1 } from '@scaleway/sdk'
import { withHTTPClient, withProfile, withUserAgentSuffix } from '@scaleway/sdk-client'
import type { Credential } from '../../shared/credential.ts'
import type { TimeLeft } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import { callLimitMs } from '../plan/timing.ts'
import { ApiError } from './api-error.ts'

/** Where Scaleway is. IAM has no region. */
export interface Location {
  readonly apiUrl: string
  readonly region?: string
}

/** The SDK's two clients, acting as the holder of one credential. */
export interface Scaleway {
  readonly iam: Iamv1alpha1.API
  readonly secrets: Secretv1beta1.API
}

/**
 * Makes the SDK's clients for one credential. `createAdvancedClient`, because `createClient` drops the HTTP client
 * without a word; the SDK's debug log prints secrets and is never enabled (docs/scaleway.md#sdk-clients, #sdk-answers).
 */
export function connect({
  apiUrl,
  region,
  credential,
  fetch,
}: Location & { credential: Credential; fetch: Fetch }): Scaleway {
  const client = createAdvancedClient(
    withProfile({
      apiURL: apiUrl,
      ...(region !== undefined && { defaultRegion: region }),
      accessKey: credential.accessKey,
      secretKey: credential.secretKey.reveal(),
    }),
    withHTTPClient((input, init) => fetch(new Request(input, init))),
    withUserAgentSuffix('scaleway-api-key-rotation'),
  )
  return { iam: new Iamv1alpha1.API(client), secrets: new Secretv1beta1.API(client) }
}

/**
 * Bounds every request by `callLimitMs` and by the time that is left, and sends none once that is used up.
 * @throws {ApiError} `out-of-time`, with nothing sent
 */
export function boundedBy(timeLeft: TimeLeft, fetch: Fetch): Fetch {
  return async request => {
    // Clocks give fractions of a millisecond, timers take whole ones.
    const limitMs = Math.floor(Math.min(callLimitMs, timeLeft()))
    if (limitMs <= 0) throw new ApiError({ code: 'out-of-time', operation: `${request.method} request` })
    return fetch(request, { signal: AbortSignal.timeout(limitMs) })
  }
}
