import { credentialMarginMs, duration } from '../plan/timing.ts'
import { ageMs, type Key } from '../plan/world.ts'
import type { Problem } from './problem.ts'

/** A key that Terraform made for one of the deployment's own applications, as IAM shows it. */
export interface OwnCredential extends Pick<Key, 'accessKey' | 'createdAt' | 'expiresAt'> {
  readonly application: string
}

/**
 * What is wrong with the keys that open something here. Terraform alone replaces them, so each alarm names the setting or
 * the command. The rotator's has codes of its own: with it everything ends. Pure.
 */
export function credentialProblems(all: readonly OwnCredential[], maxAgeMs: number, now: Date): Problem[] {
  const watched = all.filter(({ application }) => application !== 'rotator')
  const ending = watched.filter(credential => endsSoon(credential, now))
  const old = watched.filter(credential => !ending.includes(credential) && ageMs(credential.createdAt, now) > maxAgeMs)
  const found: Problem[] = []
  if (ending.length > 0) {
    const named = listed(ending, ({ expiresAt }) => String(expiresAt?.toISOString()))
    const message = `These keys end within ${inDays(credentialMarginMs)} or have ended, and who uses one is refused then: ${named}. ${renewal(ending, all, andItsEnd)}`
    found.push({ code: 'credential-expires-soon', alarming: true, message })
  }
  if (old.length > 0) {
    const named = listed(old, ({ createdAt }) => inDays(ageMs(createdAt, now)))
    const message = `These keys are more than ${inDays(maxAgeMs)} old: ${named}. ${renewal(old, all, '')}`
    found.push({ code: 'credential-old', alarming: true, message })
  }
  return found
}

/** Whether so little time is left of a key that somebody must be told. Pure. */
export function endsSoon({ expiresAt }: Pick<Key, 'expiresAt'>, now: Date): boolean {
  return expiresAt !== null && -ageMs(expiresAt, now) < credentialMarginMs
}

/** How the key of a function is renewed; it ends with a command, and so without a full stop. */
export function functionKeyRenewal(name: 'rotator' | 'reader'): string {
  return `terraform apply where function_key_months is set, else terraform apply -replace=scaleway_iam_api_key.${name}`
}

/** Says a span of time in whole days, rounded down. */
export function inDays(spanMs: number): string {
  return `${Math.floor(spanMs / duration.dayMs)} days`
}

function listed(credentials: readonly OwnCredential[], detail: (credential: OwnCredential) => string): string {
  return credentials.map(one => `${one.application} (${one.accessKey}, ${detail(one)})`).join(', ')
}

/** What renews them: by which setting depends on whose a key is, and on whether a newer one is there already. */
function renewal(credentials: readonly OwnCredential[], all: readonly OwnCredential[], andEnd: string): string {
  const ofReader = credentials.filter(({ application }) => application === 'reader')
  const ofCallers = credentials.filter(({ application }) => application !== 'reader')
  const replaced = ofCallers.filter(one => all.some(other => isNewer(other, one)))
  const newest = ofCallers.filter(one => !replaced.includes(one))
  const sentences = [
    [
      newest,
      `Of ${names(newest)}: add the next number to consumer_key_generations ([1] becomes [1, 2])${andEnd}, apply, and hand out the new keys.`,
    ],
    [
      replaced,
      `Of ${names(replaced)} a newer key is there: once every caller uses it, take the older number out of consumer_key_generations ([1, 2] becomes [2]) and apply.`,
    ],
    [ofReader, `Of reader: ${functionKeyRenewal('reader')}`],
  ] as const
  return sentences.flatMap(([of, sentence]) => (of.length > 0 ? [sentence] : [])).join(' ')
}

/** What a new generation would have is the end that all keys have, which may be the one that is near. */
const andItsEnd = ' with a later end in consumer_key_expires_at'

function isNewer(other: OwnCredential, one: OwnCredential): boolean {
  return other.application === one.application && other.createdAt > one.createdAt
}

function names(credentials: readonly OwnCredential[]): string {
  return [...new Set(credentials.map(({ application }) => application))].join(', ')
}
