import { Accountv3, Functionv1beta1, Iamv1alpha1, Secretv1beta1 } from '@scaleway/sdk'
import { createAdvancedClient, withHTTPClient, withProfile, withUserAgentSuffix } from '@scaleway/sdk-client'
import type { Login } from './login.ts'

/** The SDK's clients, acting as the holder of one key. */
export interface Scaleway {
  readonly projects: Accountv3.ProjectAPI
  readonly iam: Iamv1alpha1.API
  readonly secrets: Secretv1beta1.API
  readonly functions: Functionv1beta1.API
}

const callLimitMs = 30_000

/** Makes the clients of one key. Each call ends after 30 s, and at once when the signal aborts. */
export function connect(login: Login, giveUp: AbortSignal): Scaleway {
  const client = createAdvancedClient(
    withProfile({
      apiURL: login.apiUrl,
      defaultRegion: login.region,
      defaultOrganizationId: login.organizationId,
      accessKey: login.accessKey,
      secretKey: login.secretKey.reveal(),
    }),
    withHTTPClient((input, init) =>
      fetch(new Request(input, init), {
        // Followed, a redirect would carry the key to another address.
        redirect: 'error',
        signal: AbortSignal.any([giveUp, AbortSignal.timeout(callLimitMs)]),
      }),
    ),
    withUserAgentSuffix('scaleway-api-key-rotation-probe'),
  )
  return {
    projects: new Accountv3.ProjectAPI(client),
    iam: new Iamv1alpha1.API(client),
    secrets: new Secretv1beta1.API(client),
    functions: new Functionv1beta1.API(client),
  }
}
