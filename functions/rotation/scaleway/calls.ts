import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { RunParts } from '../reconcile/reconciliation.ts'
import type { Fetch } from './client.ts'
import { boundedBy, connect, type TimeLeft } from './client.ts'
import { keysOf } from './keys.ts'
import { prove } from './prove.ts'
import { versionsOf } from './versions.ts'

/** What the calls of one request need. */
export interface CallParts {
  readonly config: Config
  readonly clock: Clock
  readonly fetch: Fetch
}

/** Gives the rotator's calls, bounded by the time that is left. */
export function callsWithin(timeLeft: TimeLeft, { config, fetch }: CallParts): Pick<RunParts, 'keys' | 'versions'> {
  const { location, rotator } = config
  const scaleway = connect({ ...location, credential: rotator, fetch: boundedBy(timeLeft, fetch) })
  return { keys: keysOf({ scaleway, ...config }), versions: versionsOf({ scaleway, ...config }) }
}

/** Gives what a run needs, but for its name and who is told of it. */
export function runPartsWithin(timeLeft: TimeLeft, parts: CallParts): Omit<RunParts, 'runId' | 'report'> {
  const { config, clock, fetch } = parts
  const { policy, secretId, location } = config
  return {
    ...callsWithin(timeLeft, parts),
    prove: credential => prove(credential, { location, clock, fetch, timeLeft }),
    clock,
    timeLeft,
    policy,
    secretId,
  }
}
