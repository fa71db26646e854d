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
    off: 'older keys are deleted although no working key replaces them',
    file,
    edits: [{ find: 'return isReplaced ? flagged : undefined', replace: 'return flagged' }],
    shows: ['the last working key'],
  },
  {
    name: 'replaced by a deleted key',
    rule: '13',
    off: 'older keys are deleted although the key that replaces them is gone',
    file,
    edits: [
      { find: 'usableKeyOf(world, { revision, status, ...rest }, now) !== undefined', replace: 'rest !== undefined' },
    ],
    shows: ['the last working key'],
  },
  {
    name: 'replaced by a disabled version',
    rule: '13',
    off: 'older keys are deleted although the version that replaces them is disabled',
    file,
    edits: [{ find: "      status === 'enabled' &&\n", replace: '' }],
    shows: ['the last working key'],
  },
  {
    name: 'replaced by an older version',
    rule: '13',
    off: 'older keys are deleted although only an older version is enabled',
    file,
    edits: [{ find: '      revision >= flagged.revision &&\n', replace: '' }],
    shows: ['the last working key'],
  },
  {
    name: 'unpublished keys outlive a revoke',
    rule: '13',
    off: 'a key that another run created and never published is kept after a revoke',
    file,
    edits: [
      {
        find: 'return isBefore(flagged, key, situation) && clearInMs(flagged, key, situation) < 0',
        replace: 'return false',
      },
    ],
    shows: ['a leak'],
  },
  {
    name: 'a revoke deletes keys about to be published',
    rule: '13',
    off: 'a revoke immediately deletes a key that another run is about to publish',
    file,
    edits: [{ find: ' && clearInMs(flagged, key, situation) < 0', replace: '' }],
    shows: ['a leak'],
  },
  {
    name: 'done before unpublished keys are clear',
    rule: '13',
    off: 'a revoke does not wait until it is clear whether other runs publish their keys',
    file,
    edits: [{ find: 'if (flagged === undefined) return 0', replace: 'if (1 > 0) return 0' }],
    shows: ['a leak'],
  },
  {
    name: 'no wait for lists',
    rule: '13',
    off: 'a revoke does not wait 75 s for lists to catch up',
    file: reconciliation,
    edits: [{ find: 'this.#hasWaited ? 0 : propagationMs', replace: 'this.#hasWaited ? 0 : 1' }],
    shows: ['a leak'],
  },
  {
    name: 'no second observation',
    rule: '13',
    off: 'a revoke never waits and observes again',
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
    name: 'a 404 is remembered forever',
    rule: '13',
    off: 'after the wait, a deletion that was answered 404 is not repeated',
    file: reconciliation,
    edits: [{ find: '      this.#ownWrites.hasWaitedForLists()\n'.trim(), replace: '' }],
    shows: ['a leak'],
  },
  {
    name: 'every repeat creates a key',
    rule: '13',
    off: 'a revoke that is repeated within minutes creates another key',
    file: 'rotation/plan/issue-rules.ts',
    edits: [{ find: "return isJustReplaced(situation) ? undefined : 'compromise'", replace: "return 'compromise'" }],
    shows: ['a leak'],
  },
  {
    name: 'a repeat accepts a deleted key',
    rule: '13',
    off: 'a repeated revoke creates no key although the new one is gone',
    file: 'rotation/plan/issue-rules.ts',
    edits: [{ find: 'return usableKeyOf(world, served, now) !== undefined && ageMs(', replace: 'return ageMs(' }],
    shows: ['a leak'],
  },
  {
    name: 'a second leak counts as a repeat',
    rule: '13',
    off: 'a revoke days after another one creates no key',
    file: 'rotation/plan/issue-rules.ts',
    edits: [{ find: ' && ageMs(served.createdAt, now) < inFlightMs(policy)\n}', replace: '\n}' }],
    shows: ['a leak'],
  },
  {
    name: 'a leak right after a rotation counts as a repeat',
    rule: '13',
    off: 'a revoke minutes after an ordinary rotation creates no key',
    file: 'rotation/plan/issue-rules.ts',
    edits: [{ find: ' || !served.marker.compromise) return false', replace: ') return false' }],
    shows: ['a leak'],
  },
  {
    name: 'a revoke does not overtake',
    rule: '13',
    off: 'a run publishes the key that a revoke is about to delete',
    file: 'rotation/plan/issue-rules.ts',
    edits: [
      {
        find: 'if (newer.some(({ marker }) => marker?.compromise)) return true',
        replace: '',
      },
    ],
    shows: ['interference between two calls'],
  },
]
