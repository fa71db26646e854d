import type { Readings } from '../readings.ts'
import type { Reply } from './forward.ts'
import { gatewayReply } from './reply.ts'

/** `private`: only bearers of `FunctionsPrivateAccess` get through. `public`: every caller does. */
export type Privacy = 'private' | 'public'

/** Who decides whether a secret key may do something in a project: the local Scaleway. */
export interface CallAuthority {
  authorize(question: {
    secretKey: string
    permissionSet: string
    projectId: string
    ip?: string
    userAgent?: string
  }): 'allowed' | 'unauthenticated' | 'denied'
}

/** A caller of a function, as the gateway sees it. */
interface CallerAtTheDoor {
  /** The value of `X-Auth-Token` that is checked. */
  readonly token: string | undefined
  readonly userAgent: string
  readonly ip: string
  readonly privacy: Privacy
  readonly authority: CallAuthority
  readonly projectId: string
  readonly readings: Pick<Readings, 'refusedKey'>
}

/**
 * Gives the refusal that a caller of a private function gets, or `undefined` when it may pass: 403 without a token,
 * 401 (or 403) for a token of no existing key, 403 without the permission (docs/scaleway.md#private-functions).
 */
export function refuseCaller(caller: CallerAtTheDoor): Reply | undefined {
  const { token, userAgent, ip, privacy, authority, projectId, readings } = caller
  if (privacy === 'public') return undefined
  if (token === undefined || token === '') return gatewayReply(403, 'The function is private: X-Auth-Token is missing.')
  switch (
    authority.authorize({ secretKey: token, permissionSet: 'FunctionsPrivateAccess', projectId, ip, userAgent })
  ) {
    case 'allowed':
      return undefined
    case 'unauthenticated':
      return gatewayReply(Number(readings.refusedKey), 'The function is private: the token is unknown or has expired.')
    case 'denied':
      return gatewayReply(403, 'The function is private: the token lacks FunctionsPrivateAccess on its project.')
  }
}
