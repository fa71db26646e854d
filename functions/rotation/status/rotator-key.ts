import { ageMs, type Key } from '../plan/world.ts'
import { endsSoon, functionKeyRenewal, inDays } from './credentials.ts'
import type { Problem } from './problem.ts'

/** The rotator's own key as IAM shows it to its holder; null when IAM does not show it. */
export type RotatorKey = Pick<Key, 'accessKey' | 'createdAt' | 'expiresAt'> | null

/** What is wrong with the rotator's own key, which nothing replaces by itself. Pure. */
export function rotatorKeyProblems(key: RotatorKey, maxAgeMs: number, now: Date): Problem[] {
  if (key === null) return [problem('rotator-key-unknown', false, 'IAM does not show the key of the rotator itself.')]
  const { accessKey, expiresAt, createdAt } = key
  if (endsSoon(key, now)) {
    const message = `The rotator's own key ${accessKey} expires at ${expiresAt?.toISOString()}, and nothing rotates after that. ${replace}`
    return [problem('rotator-key-expires-soon', true, message)]
  }
  if (ageMs(createdAt, now) > maxAgeMs) {
    const message = `The rotator's own key ${accessKey} is more than ${inDays(maxAgeMs)} old. ${replace}`
    return [problem('rotator-key-old', true, message)]
  }
  return []
}

const replace = `Replace it: ${functionKeyRenewal('rotator')}`

function problem(code: Problem['code'], alarming: boolean, message: string): Problem {
  return { code, alarming, message }
}
