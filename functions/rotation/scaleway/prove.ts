import type { Credential } from '../../shared/credential.ts'
import { type Clock, startCountdown, type TimeLeft } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import { proveLimitMs } from '../plan/timing.ts'
import { ApiError, calling } from './api-error.ts'
import { boundedBy, connect, type Location } from './client.ts'

/**
 * Answers come from different instances; one that knows the key says nothing of the others
 * (docs/scaleway.md#proving-a-key).
 */
const answersInARow = 3
const shortestPauseMs = 200
const longestPauseMs = 3_000

/** What proving needs. */
interface Prover {
  readonly location: Location
  readonly fetch: Fetch
  readonly clock: Clock
  readonly timeLeft: TimeLeft
}

/**
 * Uses a new credential until it authenticates three times in a row, for at most `proveLimitMs` and the time that the run has left. Gives whether it did;
 * never throws. 200 and 403 `permissions_denied` both authenticate; 401 does not yet (docs/scaleway.md#proving-a-key).
 */
export async function prove(credential: Credential, { location, fetch, clock, timeLeft }: Prover): Promise<boolean> {
  const ownLeftMs = startCountdown(clock, proveLimitMs)
  const leftMs = () => Math.min(ownLeftMs(), timeLeft())
  const { iam } = connect({ ...location, credential, fetch: boundedBy(leftMs, fetch) })
  const authenticates = async () => {
    try {
      await calling('prove key', () => iam.getAPIKey({ accessKey: credential.accessKey }))
      return true
    } catch (error) {
      return error instanceof ApiError && error.status === 403 && error.type === 'permissions_denied'
    }
  }
  let inARow = 0
  for (let pauseMs = shortestPauseMs; leftMs() > 0; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    inARow = (await authenticates()) ? inARow + 1 : 0
    if (inARow === answersInARow) return true
    await clock.sleep(inARow > 0 ? shortestPauseMs : pauseMs)
  }
  return false
}
