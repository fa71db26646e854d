import type { Credential } from '../../shared/credential.ts'
import type { Clock, TimeLeft } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Fetch } from '../fetch.ts'
import type { Key } from '../plan/world.ts'
import { boundedBy, connect } from './client.ts'
import { comparingClocks } from './compared-clocks.ts'
import { type Keys, keysOf } from './keys.ts'
import { prove } from './prove.ts'
import { type Versions, versionsOf } from './versions.ts'

/** All calls that the rotator may make about one key. */
export interface Calls {
  readonly keys: Keys
  readonly versions: Versions
  /** Lists the keys of another application. Throws an `ApiError`. */
  readonly keysOfApplication: (applicationId: string) => Promise<Key[]>
  /** Gives whether a new credential authenticates; never throws. */
  readonly prove: (credential: Credential) => Promise<boolean>
  /** How far the function's clock is ahead of Scaleway's by the answers so far, in milliseconds; 0 while it is right. */
  readonly skewMs: () => number
}

/** What calls are made with. */
export interface CallParts {
  readonly config: Config
  readonly clock: Clock
  readonly fetch: Fetch
}

/** Gives the rotator's calls, bounded by the time that is left. */
export function callsWithin(timeLeft: TimeLeft, { config, clock, fetch: plainFetch }: CallParts): Calls {
  const { location, rotator } = config
  const { fetch, skewMs } = comparingClocks(plainFetch, clock)
  const scaleway = connect({ ...location, credential: rotator, fetch: boundedBy(timeLeft, fetch) })
  return {
    keys: keysOf({ scaleway, ...config }),
    versions: versionsOf({ scaleway, ...config }),
    keysOfApplication: applicationId => keysOf({ scaleway, ...config, applicationId }).list(),
    prove: credential => prove(credential, { location, clock, fetch, timeLeft }),
    skewMs,
  }
}
