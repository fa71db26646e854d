import { duration } from '../plan/policy.ts'
import { ageMs, type Key } from '../plan/world.ts'
import type { Problem } from './problems.ts'

/** The rotator's own key as IAM shows it to its holder; null when IAM does not show it. */
export type RotatorKey = Pick<Key, 'accessKey' | 'createdAt' | 'expiresAt'> | null

/** How long before its end the rotator's key is an alarm: two weeks of working days to run one command. */
export const rotatorKeyMarginMs = 14 * duration.dayMs

/** Past this age it is one as well: a function that replaces keys every month must not keep its own for ever. */
export const rotatorKeyMaxAgeMs = 365 * duration.dayMs

/** What is wrong with the rotator's own key, which nothing replaces by itself. Pure. */
export function rotatorKeyProblems(key: RotatorKey, now: Date): Problem[] {
  if (key === null) return [problem('rotator-key-unknown', false, 'IAM does not show the key of the rotator itself.')]
  const { expiresAt, createdAt } = key
  if (expiresAt !== null && -ageMs(expiresAt, now) < rotatorKeyMarginMs) {
    const message = `The rotator's own key ends at ${expiresAt.toISOString()}, and nothing rotates after that. ${replace}`
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
