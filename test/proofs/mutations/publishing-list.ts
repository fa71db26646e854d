import type { Mutation } from './mutation.ts'

const issue = 'rotation/reconcile/issue.ts'
const rules = 'rotation/plan/issue-rules.ts'

/** Rule 7, and who may press which button: making a key and publishing it. */
export const publishingMutations: readonly Mutation[] = [
  {
    name: 'keys live for ever',
    rule: '–',
    off: 'keys are made without an end of their own',
    file: issue,
    edits: [{ find: 'policy.keyLifetimeMs === 0 ? null', replace: 'policy.keyLifetimeMs >= 0 ? null' }],
    shows: ['keys that expire'],
  },
  {
    name: 'no proof',
    rule: '7',
    off: 'a key is published unproven',
    file: issue,
    edits: [{ find: '!(await parts.prove(credential))', replace: '(await parts.prove(credential)) && 1 > 2' }],
    shows: ['somebody meanwhile'],
  },
  {
    name: 'undo a lost answer',
    rule: '7',
    off: 'the key is deleted when the answer to its publication is lost',
    file: issue,
    edits: [
      { find: 'return published.error.isNotDone ? undone(published) :', replace: 'return 1 > 0 ? undone(published) :' },
    ],
    shows: ['a lost publication', 'one call fails'],
  },
  {
    name: 'a 5xx is not done',
    rule: '7',
    off: 'a 5xx or time-out counts as not done',
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
    off: 'a key that was certainly not published is left for a tick',
    file: issue,
    edits: [{ find: 'discarded: await discard(key, parts) })', replace: 'discarded: void discard })' }],
    shows: ['somebody meanwhile'],
  },
  {
    name: 'nothing overtakes',
    rule: '7',
    off: 'a routine run publishes although a newer version has appeared',
    file: rules,
    edits: [{ find: 'return (newer.length > 0 || fellBack) &&', replace: 'return fellBack &&' }],
    shows: ['somebody meanwhile'],
  },
  {
    name: 'a rollback does not overtake',
    rule: '7',
    off: 'a routine run publishes although what was served has been taken back',
    file: rules,
    edits: [{ find: 'return (newer.length > 0 || fellBack) &&', replace: 'return newer.length > 0 &&' }],
    shows: ['somebody meanwhile'],
  },
  {
    name: 'urgent gives way',
    rule: '7',
    off: 'also urgent and forced runs give way to a newer version',
    file: rules,
    edits: [{ find: "return !isUrgent(reason) && reason !== 'forced'", replace: 'return !isUrgent(reason) || 1 > 0' }],
    shows: ['somebody meanwhile'],
  },
  {
    name: 'the last look believes a list',
    rule: '7',
    off: 'the look before a publication does not ask what is served',
    file: issue,
    edits: [{ find: 'givesWay(reason) ? withServed(listed, await versions.served()) : listed', replace: 'listed' }],
    shows: ['somebody meanwhile'],
  },
  {
    name: 'anybody presses the operator’s buttons',
    rule: '12',
    off: 'anybody may roll back, revoke and force',
    file: 'rotation/service.ts',
    edits: [
      {
        find: "return force || action === 'rollback' || action === 'revoke'",
        replace: "return force && action === 'rollback'",
      },
    ],
    shows: ['a flood'],
  },
]
