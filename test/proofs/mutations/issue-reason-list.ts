import type { Mutation } from './mutation.ts'

const file = 'rotation/plan/issue-rules.ts'

/** Rules 3 and 14: why a key is made. */
export const issueReasonMutations: readonly Mutation[] = [
  {
    name: 'no issue: no-usable-key',
    rule: '3',
    off: 'no key is made when none works',
    file,
    edits: [
      { find: "if (key === undefined) return 'no-usable-key'", replace: 'if (key === undefined) return undefined' },
    ],
    shows: ['edits by hand'],
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
    off: 'the successor of a key that expires is made an overlap before, without the margin of 3 days',
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
    off: 'no tick rotates by itself',
    file,
    edits: [
      {
        find: "> policy.maxKeyAgeMs ? 'key-too-old' : undefined",
        replace: '> policy.maxKeyAgeMs ? undefined : undefined',
      },
    ],
    shows: ['no cron'],
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
    name: 'ticks override foreign versions',
    rule: '14',
    off: 'a tick rotates over a version that a person put there',
    file,
    edits: [{ find: 'if (served !== undefined && !isMarked(served)) return undefined', replace: '' }],
    shows: ['edits by hand'],
  },
]
