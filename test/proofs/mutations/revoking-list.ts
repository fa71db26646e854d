import type { Mutation } from './mutation.ts'

const file = 'rotation/plan/cleanup-rules.ts'

/** Rule 10: which keys are deleted. */
export const revokingMutations: readonly Mutation[] = [
  {
    name: 'no revoke: expired',
    rule: '10',
    off: 'an expired key is not deleted for that',
    file,
    edits: [{ find: "if (isExpired(key, situation.now)) return 'expired'", replace: '' }],
    shows: ['keys that expire'],
  },
  {
    name: 'no revoke: compromised',
    rule: '13',
    off: 'keys older than a flagged version wait for their overlap',
    file,
    edits: [
      {
        find: "if (isCompromisedKey(key, naming, situation, compromiseFlag(situation))) return 'compromised'",
        replace: 'void isCompromisedKey',
      },
    ],
    shows: ['a leak'],
  },
  {
    name: 'no revoke: orphan',
    rule: '10',
    off: 'a key that was never published stays',
    file,
    edits: [{ find: "ageMs(key.createdAt, situation.now) > settleMs ? 'orphan' : undefined", replace: 'undefined' }],
    shows: ['one call fails'],
  },
  {
    name: 'orphans at once',
    rule: '10',
    off: 'a key that no version names is deleted at once, not after settle',
    file,
    edits: [{ find: 'ageMs(key.createdAt, situation.now) > settleMs ?', replace: 'situation.now ?' }],
    shows: ['somebody meanwhile', 'runs interleaved'],
  },
  {
    name: 'revoke under an enabled version',
    rule: '10',
    off: 'a key is deleted although an enabled version holds it',
    file,
    edits: [
      { find: "status === 'enabled' || disabledByThisRun.has(revision)", replace: 'disabledByThisRun.has(revision)' },
    ],
    shows: ['a call that never succeeds'],
  },
  {
    name: 'revoke before release',
    rule: '10',
    off: 'the key of a disabled version is deleted at once',
    file,
    edits: [
      {
        find: "return isReleased(situation, highest.revision) ? 'superseded' : undefined",
        replace: "return 'superseded'",
      },
    ],
    shows: ['a rollback'],
  },
  {
    name: 'foreign versions hold nothing',
    rule: '10',
    off: 'a version whose description was edited away does not protect its key',
    file,
    edits: [{ find: 'world.versions.filter(version => !isMarked(version) && mayHold(version, key))', replace: '[]' }],
    shows: ['edits by hand'],
  },
  {
    name: 'foreign versions hold whatever is older',
    rule: '10',
    off: 'a version by hand protects also keys made long before it',
    file,
    edits: [{ find: 'afterKeyMs > -clockSkewMs && afterKeyMs < settleMs', replace: 'afterKeyMs > -clockSkewMs' }],
    shows: ['edits by hand'],
  },
  {
    name: 'foreign versions hold whatever is younger',
    rule: '10',
    off: 'a version by hand protects also keys made long after it',
    file,
    edits: [{ find: 'afterKeyMs > -clockSkewMs && afterKeyMs < settleMs', replace: 'afterKeyMs < settleMs' }],
    shows: ['edits by hand'],
  },
  {
    name: 'one clock for two services',
    rule: '10',
    off: 'a version by hand that seems older than its key, clocks being two, does not protect it',
    file,
    edits: [{ find: 'afterKeyMs > -clockSkewMs', replace: 'afterKeyMs > 0' }],
    shows: ['two clocks'],
  },
]
