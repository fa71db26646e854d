import type { Mutation } from './mutation.ts'

const file = 'rotation/plan/rollback-rules.ts'

/** Rule 12: a rollback. */
export const rollbackMutations: readonly Mutation[] = [
  {
    name: 'take back whatever is named',
    rule: '12',
    off: 'a rollback takes back also a revision that is not served',
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
    off: 'a rollback may go back behind a leak (`replaces-compromised`)',
    file,
    edits: [{ find: "return 'replaces-compromised'", replace: 'void flagged' }],
    shows: ['a leak'],
  },
  {
    name: 'back to a dead key',
    rule: '12',
    off: 'a rollback may go back to a key that is gone (`previous-not-usable`)',
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
    off: 'a rollback may go back to a key that has an overlap left, without the margin of 3 days',
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
    name: 'what was published in that moment stays',
    rule: '12',
    off: 'a rollback does not look at what is served after it',
    file: 'rotation/plan/plan.ts',
    edits: [
      {
        find: 'actions: servedAfter(situation, disabled)',
        replace: 'actions: servedAfter(situation, new Set(disabled && []))',
      },
    ],
    shows: ['somebody meanwhile', 'runs interleaved'],
  },
  {
    name: 'an overtaking publication stays',
    rule: '12',
    off: 'a version that was published over a rollback is not taken back',
    file: 'rotation/plan/plan.ts',
    edits: [{ find: '...(overtaking === undefined ? [] : [overtaking]),', replace: '' }],
    shows: ['somebody meanwhile', 'runs interleaved'],
  },
  {
    name: 'everything above a rollback is taken back',
    rule: '12',
    off: 'also a version that was made after the rollback is taken back',
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
    name: 'what a person disables is a rollback',
    rule: '12',
    off: 'a version is taken back when an older one is disabled after it',
    file,
    edits: [
      { find: 'key.createdAt < updatedAt && updatedAt < version.createdAt', replace: 'key.createdAt < updatedAt' },
    ],
    shows: ['edits by hand'],
  },
  {
    name: 'overtaken, whatever is behind',
    rule: '12',
    off: 'an overtaking publication is taken back also when what is behind it is no better',
    file,
    edits: [
      { find: 'return isOvertaken && obstacleTo(situation, served) === undefined ?', replace: 'return isOvertaken ?' },
    ],
    shows: ['runs interleaved'],
  },
  {
    name: 'served after, whatever is behind',
    rule: '12',
    off: 'a rollback takes back what was published in its midst also when what is behind it is no better',
    file,
    edits: [{ find: 'return isNewer && obstacleTo(situation, served) === undefined ?', replace: 'return isNewer ?' }],
    shows: ['somebody meanwhile'],
  },
  {
    name: 'a rollback believes a list',
    rule: '12',
    off: 'a rollback takes the newest of a list that may lag for what is served',
    file: 'rotation/reconcile/reconciliation.ts',
    edits: [{ find: "const seesServed = this.#request.action === 'rollback'", replace: 'const seesServed = false' }],
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
