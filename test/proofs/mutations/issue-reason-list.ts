import type { Mutation } from './mutation.ts'

const file = 'rotation/plan/issue-rules.ts'

/** Rules 3 and 14: why a key is created. */
export const issueReasonMutations: readonly Mutation[] = [
  {
    name: 'no issue: no-usable-key',
    rule: '3',
    off: 'no key is created when none works',
    file,
    edits: [
      { find: "if (key === undefined) return 'no-usable-key'", replace: 'if (key === undefined) return undefined' },
    ],
    shows: ['manual edits'],
  },
  {
    name: 'no issue: expires-soon',
    rule: '3',
    off: 'a key is served until it expires',
    file,
    edits: [{ find: "return 'expires-soon'", replace: 'return undefined' }],
    shows: ['keys that expire'],
  },
  {
    name: 'no margin before expiry',
    rule: '3',
    off: 'the successor of an expiring key is created one overlap before the expiry, without the margin of 3 days',
    file,
    edits: [
      {
        find: 'if (key.expiresAt !== null && -ageMs(key.expiresAt, now) < policy.overlapMs + expiryMarginMs)',
        replace: 'if (key.expiresAt !== null && -ageMs(key.expiresAt, now) < policy.overlapMs)',
      },
    ],
    shows: ['keys that expire'],
  },
  {
    name: 'no issue: key-too-old',
    rule: '3',
    off: 'the hourly run never rotates because of age',
    file,
    edits: [
      {
        find: "> policy.maxKeyAgeMs ? 'key-too-old' : undefined",
        replace: '> policy.maxKeyAgeMs ? undefined : undefined',
      },
    ],
    shows: ['no monthly CRON'],
  },
  {
    name: 'age of the served version',
    rule: '3',
    off: 'age counts from the served version, not from the newest of any status',
    file,
    edits: [
      {
        find: 'return newest !== undefined && ageMs(newest.createdAt, now)',
        replace: 'return newest !== undefined && ageMs(served.createdAt, now)',
      },
    ],
    shows: ['a rollback'],
  },
  {
    name: 'the hourly run overrides unmanaged versions',
    rule: '14',
    off: 'the hourly run rotates over a version that a person added',
    file,
    edits: [{ find: 'if (served !== undefined && !isMarked(served)) return undefined', replace: '' }],
    shows: ['manual edits'],
  },
]
