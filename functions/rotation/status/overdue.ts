import { type Retire, type Revoke, retirements, revocations } from '../plan/cleanup-rules.ts'
import type { Situation } from '../plan/issue-rules.ts'
import { duration } from '../plan/policy.ts'
import { ageMs, type Version, type World } from '../plan/world.ts'

/** How long a due clean-up may stay undone: ticks may be kept to working hours, and Saturday and Sunday pass. */
export const overdueAfterMs = 3 * duration.dayMs

/** The same for what a leak made due: the tick after the one that was cut off, and one more. */
export const compromisedOverdueAfterMs = 2 * duration.hourMs

/**
 * The clean-up that is due and was due so long ago that many ticks must have failed at it, or none came. Found without
 * stored state: what is due now is judged once more as of then. Pure.
 */
export function overdueCleanUp(situation: Situation): (Retire | Revoke)[] {
  const longDue = new Set(dueAgo(situation, overdueAfterMs).map(nameOf))
  const longCompromised = new Set(dueAgo(situation, compromisedOverdueAfterMs).map(nameOf))
  return due(situation).filter(action =>
    (action.reason === 'compromised' ? longCompromised : longDue).has(nameOf(action)),
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
    ageMs(version.updatedAt, then) < 0 && version.status !== 'enabled' ? { ...version, status: 'enabled' } : version
  return {
    versions: versions.map(asOf),
    keys: keys.filter(({ createdAt }) => createdAt <= then),
  }
}

function nameOf(action: Retire | Revoke): string {
  return `${action.kind} ${action.accessKey} ${action.kind === 'retire' ? action.revision : ''}`
}
