import type { Status, StatusOfSeveral } from './status.ts'
import { fromNow, moment, spanInWords } from './words.ts'

/** Gives the facts of a status beside its keys, each with a name and a text. */
export function facts(status: Status, now: Date): (readonly [name: string, text: string])[] {
  const { quota, next_rotation: firing, overdue_after: overdue } = status
  const isPaused = status.problems.some(({ code }) => code === 'paused')
  return [
    // An older function reports neither of the two.
    ...(firing === undefined ? [] : [['next rotation', nextRotation({ firing, isPaused, now })] as const]),
    ...(overdue === undefined ? [] : [['overdue after', overdueAfter(overdue, now)] as const]),
    ['next hourly run', isPaused ? 'none: paused' : nextRun(status)],
    ['orphans', listed(status.orphans.map(key => `${key.access_key} (created ${fromNow(key.created_at, now)})`))],
    ['foreign keys', listed(status.foreign_keys)],
    ['foreign versions', listed(status.foreign_versions.map(String))],
    ['quota', `${inUse(quota.versions)} versions, ${inUse(quota.keys)} keys`],
    ...rotatorKeyFact(status, now),
    ...versionFact(status),
  ]
}

function nextRotation({ firing, isPaused, now }: { firing: Date | null; isPaused: boolean; now: Date }): string {
  if (isPaused) return 'none: paused, nothing rotates by itself'
  return firing === null ? 'none: the schedule never fires' : when(firing, now)
}

function overdueAfter(overdue: Date | null, now: Date): string {
  return overdue === null ? 'no rotation yet' : when(overdue, now)
}

function when(at: Date, now: Date): string {
  return `${moment(at)} (${fromNow(at, now)})`
}

function nextRun({ next: { actions, refused } }: Status): string {
  const steps = actions.map(action => {
    const revision = action.revision === undefined ? '' : ` revision ${action.revision}`
    const accessKey = action.access_key === undefined ? '' : ` ${action.access_key}`
    return `${action.kind}${revision}${accessKey} (${action.reason})`
  })
  const refusal = refused === null ? [] : [`refused: ${refused}`]
  return [...steps, ...refusal].join(', ') || 'does nothing'
}

/**
 * Gives the fact about the rotator's own key; none if the table of credentials has that key, or the function does not report
 * it, as an older one.
 */
export function rotatorKeyFact(
  { rotator_key: key, credentials = [] }: Pick<Status | StatusOfSeveral, 'rotator_key' | 'credentials'>,
  now: Date,
) {
  const isInTable = credentials.some(({ access_key }) => access_key === key?.access_key)
  return key === undefined || isInTable ? [] : [["rotator's key", aboutRotatorKey(key, now)] as const]
}

/** Gives the fact about the version of the functions; none if the function does not report it, as an older one. */
export function versionFact({ version }: Pick<Status | StatusOfSeveral, 'version'>) {
  return version === undefined ? [] : [['version', version] as const]
}

function aboutRotatorKey(key: NonNullable<Status['rotator_key']> | null, now: Date): string {
  if (key === null) return 'unknown'
  const age = `${spanInWords(now.getTime() - key.created_at.getTime())} old`
  if (key.expires_at === null) return `${key.access_key}, ${age}, never expires`
  const expires = key.expires_at > now ? 'expires' : 'expired'
  return `${key.access_key}, ${age}, ${expires} ${fromNow(key.expires_at, now)}`
}

function inUse({ used, limit }: { used: number; limit: number }): string {
  return `${used} of ${limit}`
}

function listed(names: readonly string[]): string {
  return names.join(', ') || 'none'
}
