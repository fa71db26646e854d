import type { Mutation } from './mutation.ts'

const issue = 'rotation/reconcile/issue.ts'
const rules = 'rotation/plan/issue-rules.ts'

/** Rule 7: creating a key and publishing it. */
export const publishingMutations: readonly Mutation[] = [
  {
    name: 'keys without expiry',
    rule: '–',
    off: 'keys are created without an expiry',
    file: issue,
    edits: [{ find: 'policy.keyLifetimeMs === 0 ? null', replace: 'policy.keyLifetimeMs >= 0 ? null' }],
    shows: ['keys that expire'],
  },
  {
    name: 'no proof',
    rule: '7',
    off: 'a key is published without proof that it works',
    file: issue,
    edits: [{ find: '!(await parts.prove(credential))', replace: '(await parts.prove(credential)) && 1 > 2' }],
    shows: ['interference between two calls'],
  },
  {
    name: 'undo a lost answer',
    rule: '7',
    off: 'the key is deleted when the answer to its publication is lost',
    file: issue,
    edits: [
      { find: 'return published.error.isNotDone ? undone(published) :', replace: 'return 1 > 0 ? undone(published) :' },
    ],
    shows: ['a lost publication', 'one failing call'],
  },
  {
    name: 'a 5xx counts as not done',
    rule: '7',
    off: 'after a 5xx or a time-out a call counts as not done',
    file: 'rotation/scaleway/api-error.ts',
    edits: [
      {
        find: 'return this.status !== undefined && this.status >= 400 && this.status < 500',
        replace: 'return this.status === undefined || this.status >= 400',
      },
    ],
    shows: ['a lost publication'],
  },
  {
    name: 'no discard',
    rule: '7',
    off: 'a key that was certainly not published is left for the hourly run',
    file: issue,
    edits: [{ find: 'discarded: await discard(key, parts) })', replace: 'discarded: void discard })' }],
    shows: ['interference between two calls'],
  },
  {
    name: 'nothing overtakes',
    rule: '7',
    off: 'a routine run publishes although a newer version has appeared',
    file: rules,
    edits: [{ find: 'return (newer.length > 0 || fellBack) &&', replace: 'return fellBack &&' }],
    shows: ['interference between two calls'],
  },
  {
    name: 'a rollback does not overtake',
    rule: '7',
    off: 'a routine run publishes although the served version has been rolled back',
    file: rules,
    edits: [{ find: 'return (newer.length > 0 || fellBack) &&', replace: 'return newer.length > 0 &&' }],
    shows: ['interference between two calls'],
  },
  {
    name: 'urgent gives way',
    rule: '7',
    off: 'urgent and forced runs give way to a newer version as well',
    file: rules,
    edits: [{ find: "return !isUrgent(reason) && reason !== 'forced'", replace: 'return !isUrgent(reason) || 1 > 0' }],
    shows: ['interference between two calls'],
  },
  {
    name: 'the last observation believes a list',
    rule: '7',
    off: 'the observation before a publication does not read which version is served',
    file: issue,
    edits: [{ find: 'givesWay(reason) ? await putRight(listed, versions) : listed', replace: 'listed' }],
    shows: ['interference between two calls'],
  },
]
