import type { Mutation } from './mutation.ts'

const file = 'rotation/plan/cleanup-rules.ts'

/** Rule 10: which keys are deleted. */
export const revokingMutations: readonly Mutation[] = [
  {
    name: 'a list of versions is believed',
    rule: '10',
    off: 'a key that no listed version names is deleted without a look for a version that the list left out',
    file: 'rotation/reconcile/confirm-lists.ts',
    edits: [
      {
        find: 'if (served?.revision !== servedVersion(world)?.revision) {',
        replace: 'if (served === null) {',
      },
      { find: '.slice(0, mostPlaces)', replace: '.slice(0, 0 * mostPlaces)' },
    ],
    shows: ['incomplete or lagging lists'],
  },
  {
    name: 'no revoke: expired',
    rule: '10',
    off: 'an expired key is not deleted because of its expiry',
    file,
    edits: [{ find: "if (isExpired(key, situation.now)) return 'expired'", replace: '' }],
    shows: ['keys that expire'],
  },
  {
    name: 'no revoke: compromised',
    rule: '13',
    off: 'keys older than a flagged version are kept for their overlap',
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
    off: 'a key that was never published is kept',
    file,
    edits: [{ find: "ageMs(key.createdAt, situation.now) > settleMs ? 'orphan' : undefined", replace: 'undefined' }],
    shows: ['one failing call'],
  },
  {
    name: 'orphans at once',
    rule: '10',
    off: 'a key that no version names is deleted at once, not after the settle time',
    file,
    edits: [{ find: 'ageMs(key.createdAt, situation.now) > settleMs ?', replace: 'situation.now ?' }],
    shows: ['interference between two calls', 'interleaved runs'],
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
    name: 'unmanaged versions protect nothing',
    rule: '10',
    off: 'a version whose description a person edited does not protect its key',
    file,
    edits: [{ find: 'world.versions.filter(version => !isMarked(version) && mayHold(version, key))', replace: '[]' }],
    shows: ['manual edits'],
  },
  {
    name: 'unmanaged versions protect all older keys',
    rule: '10',
    off: 'an unmanaged version also protects keys created long before it',
    file,
    edits: [{ find: 'afterKeyMs > -clockSkewMs && afterKeyMs < settleMs', replace: 'afterKeyMs > -clockSkewMs' }],
    shows: ['manual edits'],
  },
  {
    name: 'unmanaged versions protect all younger keys',
    rule: '10',
    off: 'an unmanaged version also protects keys created long after it',
    file,
    edits: [{ find: 'afterKeyMs > -clockSkewMs && afterKeyMs < settleMs', replace: 'afterKeyMs < settleMs' }],
    shows: ['manual edits'],
  },
  {
    name: 'one clock for two services',
    rule: '10',
    off: 'an unmanaged version that seems older than its key, because two services have two clocks, does not protect it',
    file,
    edits: [{ find: 'afterKeyMs > -clockSkewMs', replace: 'afterKeyMs > 0' }],
    shows: ['two clocks'],
  },
]
