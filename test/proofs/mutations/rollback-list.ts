import type { Mutation } from './mutation.ts'

const file = 'rotation/plan/rollback-rules.ts'

/** Rule 12: a rollback. */
export const rollbackMutations: readonly Mutation[] = [
  {
    name: 'roll back whatever is named',
    rule: '12',
    off: 'a rollback also disables a revision that is not served',
    file,
    edits: [{ find: 'if (named.revision !== served?.revision)', replace: 'if (served === undefined)' }],
    shows: ['a rollback'],
  },
  {
    name: 'back to nothing',
    rule: '12',
    off: 'a rollback may leave nothing to serve (`no-older-key`)',
    file,
    edits: [{ find: "return 'no-older-key'", replace: 'return undefined' }],
    shows: ['a rollback'],
  },
  {
    name: 'back to a leaked key',
    rule: '12',
    off: 'a rollback may go back to a version before a leak (`replaces-compromised`)',
    file,
    edits: [{ find: "return 'replaces-compromised'", replace: 'void flagged' }],
    shows: ['a leak'],
  },
  {
    name: 'back to a deleted key',
    rule: '12',
    off: 'a rollback may go back to a key that is deleted (`previous-not-usable`)',
    file,
    edits: [
      { find: "if (key === undefined) return 'previous-not-usable'", replace: '' },
      {
        find: 'if (key.expiresAt !== null && -ageMs(key.expiresAt',
        replace: 'if (key?.expiresAt && -ageMs(key.expiresAt',
      },
    ],
    shows: ['a rollback'],
  },
  {
    name: 'back to a key that expires',
    rule: '12',
    off: 'a rollback may go back to a key that expires soon (`previous-expires`)',
    file,
    edits: [{ find: "return 'previous-expires'", replace: "void 'previous-expires'" }],
    shows: ['keys that expire'],
  },
  {
    name: 'no margin of a rollback',
    rule: '12',
    off: 'a rollback may go back to a key with one overlap left before its expiry, without the margin of 3 days',
    file,
    edits: [{ find: 'policy.overlapMs + expiryMarginMs)', replace: 'policy.overlapMs + 0 * expiryMarginMs)' }],
    shows: ['keys that expire'],
  },
  {
    name: 'never too late',
    rule: '12',
    off: 'a rollback may come after the overlap (`too-late`)',
    file,
    edits: [
      {
        find: "return ageMs(current.createdAt, now) > policy.overlapMs ? 'too-late' : undefined",
        replace: 'return undefined',
      },
    ],
    shows: ['a rollback'],
  },
  {
    name: 'what was published during a rollback stays',
    rule: '12',
    off: 'a rollback does not check what is served after it',
    file: 'rotation/plan/plan.ts',
    edits: [
      {
        find: 'actions: servedAfter(situation, disabled)',
        replace: 'actions: servedAfter(situation, new Set(disabled && []))',
      },
    ],
    shows: ['interference between two calls', 'interleaved runs'],
  },
  {
    name: 'an overtaking publication stays',
    rule: '12',
    off: 'a version that was published over a rollback is not rolled back',
    file: 'rotation/plan/plan.ts',
    edits: [{ find: '...(overtaking === undefined ? [] : [overtaking]),', replace: '' }],
    shows: ['interference between two calls', 'interleaved runs'],
  },
  {
    name: 'everything newer than a rollback is rolled back',
    rule: '12',
    off: 'a version whose key was created after the rollback is rolled back as well',
    file,
    edits: [
      {
        find: 'return key !== undefined && key.createdAt < updatedAt && updatedAt < version.createdAt',
        replace: 'return key !== undefined && updatedAt < version.createdAt',
      },
    ],
    shows: ['a rollback'],
  },
  {
    name: 'a version that a person disables counts as a rollback',
    rule: '12',
    off: 'a version is rolled back when an older one is disabled after it',
    file,
    edits: [
      { find: 'key.createdAt < updatedAt && updatedAt < version.createdAt', replace: 'key.createdAt < updatedAt' },
    ],
    shows: ['manual edits'],
  },
  {
    name: 'overtaken, whatever is served then',
    rule: '12',
    off: 'an overtaking publication is rolled back even if the version before it is no better',
    file,
    edits: [
      { find: 'return isOvertaken && obstacleTo(situation, served) === undefined ?', replace: 'return isOvertaken ?' },
    ],
    shows: ['interleaved runs'],
  },
  {
    name: 'published during a rollback, whatever is served then',
    rule: '12',
    off: 'a rollback also disables what was published during it, even if the version before that is no better',
    file,
    edits: [{ find: 'return isNewer && obstacleTo(situation, served) === undefined ?', replace: 'return isNewer ?' }],
    shows: ['interference between two calls'],
  },
  {
    name: 'a rollback believes a list',
    rule: '12',
    off: 'a rollback takes the newest version of a list that may lag for the served one',
    file: 'rotation/reconcile/reconciliation.ts',
    edits: [{ find: "const seesServed = action === 'rollback'", replace: 'const seesServed = false' }],
    shows: ['a rollback'],
  },
  {
    name: 'disable_previous',
    rule: '9',
    off: 'a publication disables the version before it',
    file: 'rotation/scaleway/versions.ts',
    edits: [{ find: 'disablePrevious: false', replace: 'disablePrevious: true' }],
    shows: ['a rollback'],
  },
]
