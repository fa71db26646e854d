import type { Clock, TimeLeft } from '../clock.ts'
import type { Policy } from '../plan/policy.ts'
import type { Calls } from '../scaleway/calls.ts'
import type { OwnWrites } from './own-writes.ts'
import type { RunEvent } from './result.ts'

/** What a run needs. */
export interface RunParts extends Calls {
  readonly clock: Clock
  readonly timeLeft: TimeLeft
  readonly policy: Policy
  readonly secretId: string
  readonly runId: string
  /** Called with each action at the moment it is done or has failed. */
  readonly report: (event: RunEvent) => void
}

/** What one action of a run needs: the run's parts, and what the run has written so far. */
export interface ActionParts extends RunParts {
  readonly ownWrites: OwnWrites
}
