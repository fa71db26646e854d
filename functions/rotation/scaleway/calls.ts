import type { Credential } from '../../shared/credential.ts'
import type { Clock, TimeLeft } from '../clock.ts'
import type { Config, KeyConfig } from '../config.ts'
import type { Fetch } from '../fetch.ts'
import { boundedBy, connect } from './client.ts'
import { comparingClocks } from './compared-clocks.ts'
import { type Keys, keysOf } from './keys.ts'
import { prove } from './prove.ts'
import { type Versions, versionsOf } from './versions.ts'

/** All calls that the rotator may make about one key. */
export interface Calls {
  readonly keys: Keys
  readonly versions: Versions
  /** Gives whether a new credential authenticates; never throws. */
  readonly prove: (credential: Credential) => Promise<boolean>
  /** How far the function's clock is ahead of Scaleway's by the answers so far, in milliseconds; 0 while it is right. */
  readonly skewMs: () => number
}

/** What calls are made with. */
export interface CallParts {
  readonly config: Pick<Config, 'apiUrl' | 'rotator'>
  readonly clock: Clock
  readonly fetch: Fetch
}

/** Gives the rotator's calls about one key, bounded by the time that is left. */
export function callsWithin(
  timeLeft: TimeLeft,
  key: KeyConfig,
  { config, clock, fetch: plainFetch }: CallParts,
): Calls {
  const location = { apiUrl: config.apiUrl, region: key.region }
  const { fetch, skewMs } = comparingClocks(plainFetch, clock)
  const scaleway = connect({ ...location, credential: config.rotator, fetch: boundedBy(timeLeft, fetch) })
  return {
    keys: keysOf({ scaleway, ...key }),
    versions: versionsOf({ scaleway, ...key }),
    prove: credential => prove(credential, { location, secretId: key.secretId, clock, fetch, timeLeft }),
    skewMs,
  }
}
