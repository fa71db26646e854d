import { type Retire, type Revoke, targetOf } from '../plan/actions.ts'
import { retirements, revocations } from '../plan/cleanup-rules.ts'
import type { Situation } from '../plan/situation.ts'
import { compromisedOverdueAfterMs, overdueAfterMs } from '../plan/timing.ts'
import { ageMs, type Version, type World } from '../plan/world.ts'

/**
 * The clean-up that is due and was due so long ago that many hourly runs must have failed at it, or none came. Found
 * without stored state: what is due now is judged once more as of then. Pure.
 */
export function overdueCleanUp(situation: Situation): (Retire | Revoke)[] {
  const longDue = new Set(dueAgo(situation, overdueAfterMs).map(targetOf))
  const longCompromised = new Set(dueAgo(situation, compromisedOverdueAfterMs).map(targetOf))
  return due(situation).filter(action =>
    (action.reason === 'compromised' ? longCompromised : longDue).has(targetOf(action)),
  )
}

/** A key that is gone leaves no trace of since when, so what follows from that is not judged. */
function due(situation: Situation): (Retire | Revoke)[] {
  const all = [...retirements(situation), ...revocations(situation, new Set())]
  return all.filter(({ reason }) => reason !== 'key-gone')
}

function dueAgo({ world, policy, now }: Situation, agoMs: number): (Retire | Revoke)[] {
  const then = new Date(now.getTime() - agoMs)
  return due({ world: worldAsOf(then, world), policy, now: then })
}

/** Without the keys made since, and hence what only they release; a version changed since counts as enabled then. */
function worldAsOf(then: Date, { versions, keys }: World): World {
  const asOf = (version: Version): Version =>
    ageMs(version.updatedAt, then) < 0 ? { ...version, status: 'enabled' } : version
  return {
    versions: versions.map(asOf),
    keys: keys.filter(({ createdAt }) => createdAt <= then),
  }
}
