import type { Mutation } from './mutation.ts'

const file = 'rotation/plan/compromise-rules.ts'
const reconciliation = 'rotation/reconcile/reconciliation.ts'

/** Rule 13: a leaked key. */
export const leakMutations: readonly Mutation[] = [
  {
    name: 'no flag',
    rule: '13',
    off: 'the version that replaces a leaked key is not flagged',
    file: 'rotation/reconcile/issue.ts',
    edits: [{ find: "compromise: reason === 'compromise' }", replace: 'compromise: false }' }],
    shows: ['a leak'],
  },
  {
    name: 'replaced by nothing',
    rule: '13',
    off: 'older keys go although nothing works in their place',
    file,
    edits: [{ find: 'return isReplaced ? flagged : undefined', replace: 'return flagged' }],
    shows: ['the last key'],
  },
  {
    name: 'replaced by a dead key',
    rule: '13',
    off: 'older keys go although the key in their place is gone',
    file,
    edits: [
      { find: 'usableKeyOf(world, { revision, status, ...rest }, now) !== undefined', replace: 'rest !== undefined' },
    ],
    shows: ['the last key'],
  },
  {
    name: 'replaced by a disabled version',
    rule: '13',
    off: 'older keys go although the version in their place is disabled',
    file,
    edits: [{ find: "      status === 'enabled' &&\n", replace: '' }],
    shows: ['the last key'],
  },
  {
    name: 'replaced by an older version',
    rule: '13',
    off: 'older keys go although only an older version is enabled',
    file,
    edits: [{ find: '      revision >= flagged.revision &&\n', replace: '' }],
    shows: ['the last key'],
  },
  {
    name: 'unpublished keys outlive a leak',
    rule: '13',
    off: 'a key that another run made and never published stays after a revoke',
    file,
    edits: [
      {
        find: 'return isBefore(flagged, key, situation) && ageMs(key.createdAt, situation.now) > publishLimitMs',
        replace: 'return false',
      },
    ],
    shows: ['a leak'],
  },
  {
    name: 'a leak takes keys about to be published',
    rule: '13',
    off: 'a revoke deletes at once what another run is about to publish',
    file,
    edits: [{ find: ' && ageMs(key.createdAt, situation.now) > publishLimitMs', replace: '' }],
    shows: ['runs interleaved'],
  },
  {
    name: 'done before it is clear',
    rule: '13',
    off: 'a revoke does not wait for other runs’ unpublished keys',
    file,
    edits: [{ find: 'if (flagged === undefined) return 0', replace: 'if (1 > 0) return 0' }],
    shows: ['a leak'],
  },
  {
    name: 'no wait for lists',
    rule: '13',
    off: 'a revoke does not wait 75 s for lists to follow',
    file: reconciliation,
    edits: [{ find: 'this.#hasWaited ? 0 : propagationMs', replace: 'this.#hasWaited ? 0 : 1' }],
    shows: ['a leak'],
  },
  {
    name: 'no second look',
    rule: '13',
    off: 'a revoke never waits and looks again',
    file: reconciliation,
    edits: [{ find: 'if (waitMs === 0) return false', replace: 'if (waitMs >= 0) return false' }],
    shows: ['a leak'],
  },
  {
    name: 'a 404 is believed',
    rule: '13',
    off: 'a revoke believes a 404 to a deletion although the key is still listed',
    file: reconciliation,
    edits: [
      {
        find: 'this.#hasWaited && !isListed',
        replace: 'this.#hasWaited',
      },
    ],
    shows: ['a leak'],
  },
  {
    name: 'a 404 is remembered for ever',
    rule: '13',
    off: 'a key whose deletion was answered 404 is not tried again after the wait',
    file: reconciliation,
    edits: [{ find: '      this.#ownWrites.hasWaitedForLists()\n'.trim(), replace: '' }],
    shows: ['a leak'],
  },
  {
    name: 'every repeat makes a key',
    rule: '13',
    off: 'a revoke that is repeated within minutes makes another key',
    file: 'rotation/plan/issue-rules.ts',
    edits: [{ find: "return isJustReplaced(situation) ? undefined : 'compromise'", replace: "return 'compromise'" }],
    shows: ['a leak'],
  },
  {
    name: 'a repeat is content with a dead key',
    rule: '13',
    off: 'a repeated revoke makes no key although the new one is gone',
    file: 'rotation/plan/issue-rules.ts',
    edits: [{ find: 'return usableKeyOf(world, served, now) !== undefined && ageMs(', replace: 'return ageMs(' }],
    shows: ['a leak'],
  },
  {
    name: 'a second leak is a repeat',
    rule: '13',
    off: 'a revoke days after another one makes no key',
    file: 'rotation/plan/issue-rules.ts',
    edits: [{ find: ' && ageMs(served.createdAt, now) < inFlightMs(policy)\n}', replace: '\n}' }],
    shows: ['a leak'],
  },
  {
    name: 'a leak right after a rotation is a repeat',
    rule: '13',
    off: 'a revoke minutes after an ordinary rotation makes no key',
    file: 'rotation/plan/issue-rules.ts',
    edits: [{ find: ' || !served.marker.compromise) return false', replace: ') return false' }],
    shows: ['a leak'],
  },
  {
    name: 'a leak does not overtake',
    rule: '13',
    off: 'a run publishes the key that a revoke is about to delete',
    file: 'rotation/plan/issue-rules.ts',
    edits: [
      {
        find: "if (reason !== 'compromise' && newer.some(({ marker }) => marker?.compromise)) return true",
        replace: '',
      },
    ],
    shows: ['somebody meanwhile'],
  },
]
