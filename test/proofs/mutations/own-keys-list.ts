import type { Mutation } from './mutation.ts'

const file = 'rotation/status/own-keys.ts'
const problems = 'rotation/status/problems.ts'
const credentials = 'rotation/status/credentials.ts'

/** The keys that somebody else makes for the deployment's own applications, and for the bearer. */
export const ownKeysMutations: readonly Mutation[] = [
  {
    name: 'own keys are not looked at',
    rule: '–',
    off: 'the hourly run does not look at the keys of the deployment’s own applications',
    file: 'rotation/report/notifier.ts',
    edits: [
      {
        find: 'ended.isOverAll ? await watchOwnKeys(parts, run)',
        replace: 'ended.isOverAll && 1 > 2 ? await watchOwnKeys(parts, run)',
      },
    ],
    shows: ['a stolen key of the rotator'],
  },
  {
    name: 'unknown keys are a note',
    rule: '–',
    off: 'a key that Terraform did not make is no alarm',
    file,
    edits: [{ find: "code: 'unknown-key', alarming: true", replace: "code: 'unknown-key', alarming: false" }],
    shows: ['a stolen key of the rotator'],
  },
  {
    name: 'every key is Terraform’s',
    rule: '–',
    off: 'each key of the deployment’s own applications counts as made by Terraform',
    file,
    edits: [{ find: '!accessKeys.includes(accessKey)', replace: '!accessKeys.concat(accessKey).includes(accessKey)' }],
    shows: ['a stolen key of the rotator'],
  },
  {
    name: 'no key is Terraform’s',
    rule: '–',
    off: 'each key of the deployment’s own applications is an alarm',
    file,
    edits: [{ find: '!accessKeys.includes(accessKey)', replace: '!accessKeys.slice(0, 0).includes(accessKey)' }],
    shows: ['a stolen key of the rotator'],
  },
  {
    name: 'an apply is an alarm',
    rule: '–',
    off: 'a key that an apply has just made is an alarm',
    file,
    edits: [{ find: 'ageMs(createdAt, now) > applyLimitMs', replace: 'ageMs(createdAt, now) + applyLimitMs > 0' }],
    shows: ['a stolen key of the rotator'],
  },
  {
    name: 'every credential is old',
    rule: '–',
    off: 'a key that Terraform made is an alarm for its age from its first day',
    file: credentials,
    edits: [
      {
        find: 'ageMs(credential.createdAt, now) > maxAgeMs',
        replace: 'ageMs(credential.createdAt, now) + maxAgeMs > 0',
      },
    ],
    shows: ['a stolen key of the rotator'],
  },
  {
    name: 'every credential ends',
    rule: '–',
    off: 'a key of the deployment’s own without an end is an alarm for its end',
    file: credentials,
    edits: [{ find: 'expiresAt !== null && -ageMs(', replace: 'expiresAt === null || -ageMs(' }],
    shows: ['a stolen key of the rotator'],
  },
  {
    name: 'foreign keys are a note',
    rule: '–',
    off: 'a new key of the bearer that was not made here is no alarm',
    file: problems,
    edits: [
      {
        find: "if (young.length > 0) alarm('foreign-key', foreignKeyMessage(young))",
        replace: 'void foreignKeyMessage',
      },
    ],
    shows: ['a stolen key of the rotator'],
  },
  {
    name: 'foreign keys are an alarm forever',
    rule: '–',
    off: 'a key of the bearer that was not made here stays an alarm',
    file: problems,
    edits: [
      { find: 'ageMs(createdAt, now) < foreignKeyAlarmMs', replace: 'ageMs(createdAt, now) + foreignKeyAlarmMs > 0' },
    ],
    shows: ['a stolen key of the rotator'],
  },
]
