import type { Credential } from '../../shared/credential.ts'
import { type Clock, startStopwatch, type TimeLeft } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import { publishNeedsMs } from '../plan/timing.ts'
import { ApiError, calling } from './api-error.ts'
import { boundedBy, connect, type Location } from './client.ts'

/**
 * Answers come from different instances; one that knows the key says nothing of the others
 * (docs/scaleway.md#proving-a-key).
 */
const answersInARow = 3
const shortestPauseMs = 200
const longestPauseMs = 3_000

/** After a refusal some are known to lag, so all that answer for so long must agree. */
const afterRefusal = { rowMs: 10_000, pauseMs: 1_000 }

/** What proving needs. */
interface Prover {
  readonly location: Location
  readonly secretId: string
  readonly fetch: Fetch
  readonly clock: Clock
  readonly timeLeft: TimeLeft
}

/**
 * Uses a new credential at IAM and at Secret Manager in turn, until it authenticates three times in a row, for as long as the run
 * can still publish it. Gives whether it did; never throws. 401 and 403 `denied_authentication` say that it does not yet
 * (docs/scaleway.md#proving-a-key).
 */
export async function prove(
  credential: Credential,
  { location, secretId, fetch, clock, timeLeft }: Prover,
): Promise<boolean> {
  const { accessKey } = credential
  const leftMs = () => timeLeft() - publishNeedsMs
  const { iam, secrets } = connect({ ...location, credential, fetch: boundedBy(leftMs, fetch) })
  let wanted = { rowMs: 0, pauseMs: shortestPauseMs }
  let inARow = 0
  let rowMs = startStopwatch(clock)
  for (let pauseMs = shortestPauseMs; leftMs() > 0; ) {
    if (inARow === 0) rowMs = startStopwatch(clock)
    const isAccepted =
      inARow % 2 === 0
        ? await authenticates(() => iam.getAPIKey({ accessKey }), ['permissions_denied'])
        : await authenticates(() => secrets.getSecret({ secretId }), ['permissions_denied', 'not_found'])
    if (isAccepted) {
      inARow += 1
      if (inARow >= answersInARow && rowMs() >= wanted.rowMs) return true
      await clock.sleep(wanted.pauseMs)
    } else {
      inARow = 0
      wanted = afterRefusal
      await clock.sleep(pauseMs)
      pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)
    }
  }
  return false
}

/** The key needs no right to what it asks for: a refusal for the lack of one is proof enough. Takes the types of such refusals. */
async function authenticates(ask: () => Promise<unknown>, proofs: readonly string[]): Promise<boolean> {
  try {
    await calling('prove key', ask)
    return true
  } catch (error) {
    return error instanceof ApiError && error.type !== undefined && proofs.includes(error.type)
  }
}
