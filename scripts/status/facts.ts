import type { Status } from './status.ts'
import { fromNow, moment, spanInWords } from './words.ts'

/** Gives what there is to say beside the keys: a name and a text for each. */
export function facts(status: Status, now: Date): (readonly [name: string, text: string])[] {
  const { quota, rotator_key: rotatorKey } = status
  return [
    ['next rotation', nextRotation(status, now)],
    ['next tick', nextTick(status)],
    ['orphans', listed(status.orphans.map(key => `${key.access_key} (made ${fromNow(key.created_at, now)})`))],
    ['foreign keys', listed(status.foreign_keys)],
    ['foreign versions', listed(status.foreign_versions.map(String))],
    ['quota', `${inUse(quota.versions)} versions, ${inUse(quota.keys)} keys`],
    // Left out by a function that does not tell it.
    ...(rotatorKey === undefined ? [] : [["rotator's key", aboutRotatorKey(rotatorKey, now)] as const]),
  ]
}

function nextRotation({ next_rotation_due: due }: Status, now: Date): string {
  if (due === null) return 'not due: there was none yet'
  return `due ${moment(due)} (${fromNow(due, now)})`
}

function nextTick({ next: { actions, refused } }: Status): string {
  const steps = actions.map(action => {
    const revision = action.revision === undefined ? '' : ` revision ${action.revision}`
    const accessKey = action.access_key === undefined ? '' : ` ${action.access_key}`
    return `${action.kind}${revision}${accessKey} (${action.reason})`
  })
  const refusal = refused === null ? [] : [`refused: ${refused}`]
  return [...steps, ...refusal].join(', ') || 'does nothing'
}

function aboutRotatorKey(key: NonNullable<Status['rotator_key']> | null, now: Date): string {
  if (key === null) return 'not known'
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
