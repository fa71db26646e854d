import { rotatorKeyMarginMs, rotatorKeyMaxAgeMs } from '../plan/timing.ts'
import { ageMs, type Key } from '../plan/world.ts'
import type { Problem } from './problem.ts'

/** The rotator's own key as IAM shows it to its holder; null when IAM does not show it. */
export type RotatorKey = Pick<Key, 'accessKey' | 'createdAt' | 'expiresAt'> | null

/** What is wrong with the rotator's own key, which nothing replaces by itself. Pure. */
export function rotatorKeyProblems(key: RotatorKey, now: Date): Problem[] {
  if (key === null) return [problem('rotator-key-unknown', false, 'IAM does not show the key of the rotator itself.')]
  const { expiresAt, createdAt } = key
  if (expiresAt !== null && -ageMs(expiresAt, now) < rotatorKeyMarginMs) {
    const message = `The rotator's own key expires at ${expiresAt.toISOString()}, and nothing rotates after that. ${replace}`
    return [problem('rotator-key-expires-soon', true, message)]
  }
  if (ageMs(createdAt, now) > rotatorKeyMaxAgeMs) {
    return [problem('rotator-key-old', true, `The rotator's own key is more than a year old. ${replace}`)]
  }
  return []
}

const replace = 'Replace it: terraform apply -replace=scaleway_iam_api_key.rotator'

function problem(code: Problem['code'], alarming: boolean, message: string): Problem {
  return { code, alarming, message }
}
