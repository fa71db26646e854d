import type { Mutation } from './mutation.ts'

const issue = 'rotation/reconcile/issue.ts'
const reconciliation = 'rotation/reconcile/reconciliation.ts'
const ownWrites = 'rotation/reconcile/own-writes.ts'

/** Rule 2: what a run remembers, and when it must no longer act. */
export const runningMutations: readonly Mutation[] = [
  {
    name: 'no deadline at all',
    rule: '2',
    off: 'calls are sent and keys published past the deadline',
    file: 'rotation/scaleway/client.ts',
    edits: [{ find: 'Math.floor(Math.min(callLimitMs, timeLeft()))', replace: 'callLimitMs + 0 * timeLeft()' }],
    and: {
      file: issue,
      edits: [{ find: 'look.ageMs() > freshMs || parts.timeLeft() <= 0', replace: 'look.ageMs() > freshMs' }],
    },
    shows: ['a frozen instance'],
  },
  {
    name: 'old observations are good enough',
    rule: '2',
    off: 'a run acts on an observation that is older than 60 s',
    file: reconciliation,
    edits: [
      { find: 'observation === undefined || observation.ageMs() > freshMs', replace: 'observation === undefined' },
    ],
    shows: ['a frozen instance'],
  },
  {
    name: 'publish on an old observation',
    rule: '2',
    off: 'a run publishes on an observation of the versions that is older than 60 s',
    file: issue,
    edits: [{ find: 'if (look.ageMs() > freshMs || parts.timeLeft() <= 0)', replace: 'if (parts.timeLeft() <= 0)' }],
    shows: ['a frozen instance'],
  },
  {
    name: 'the monotonic clock alone',
    rule: '2',
    off: 'only the clock that stands still in a frozen instance is read',
    file: 'shared/clock.ts',
    edits: [
      {
        find: 'Math.max(now.wallMs - since.wallMs, now.steadyMs - since.steadyMs)',
        replace: 'now.steadyMs - since.steadyMs',
      },
    ],
    shows: ['a frozen instance'],
  },
  {
    name: 'own keys are forgotten',
    rule: '2',
    off: 'a run does not remember the key that it created',
    file: ownWrites,
    edits: [{ find: 'this.#created.set(key.accessKey, key)', replace: 'void key' }],
    shows: ['incomplete or lagging lists'],
  },
  {
    name: 'own publications are forgotten',
    rule: '2',
    off: 'a run does not remember the version that it published',
    file: ownWrites,
    edits: [{ find: 'this.#published.set(version.revision, version)', replace: 'void version' }],
    shows: ['incomplete or lagging lists'],
  },
  {
    name: 'own deletions are forgotten',
    rule: '2',
    off: 'a run does not remember the keys that it deleted',
    file: ownWrites,
    edits: [{ find: 'this.#removedKeys.add(accessKey)', replace: 'void accessKey' }],
    shows: ['incomplete or lagging lists'],
  },
  {
    name: 'own disabling is forgotten',
    rule: '2',
    off: 'a run does not remember the versions that it disabled',
    file: ownWrites,
    edits: [{ find: 'this.#disabled.add(revision)', replace: 'void revision' }],
    shows: ['incomplete or lagging lists', 'the end of the overlap'],
  },
  {
    name: 'own pruning is forgotten',
    rule: '2',
    off: 'a run does not remember the versions that it deleted',
    file: ownWrites,
    edits: [{ find: 'this.#removedVersions.add(revision)', replace: 'void revision' }],
    shows: ['incomplete or lagging lists'],
  },
  {
    name: 'a run issues again and again',
    rule: '2',
    off: 'a run may issue more than once',
    file: 'rotation/plan/plan.ts',
    edits: [{ find: 'soFar.isTried ? undefined : issueReason', replace: 'issueReason' }],
    shows: ['one failing call'],
  },
  {
    name: 'failed actions are repeated',
    rule: '2',
    off: 'a run repeats an action that failed',
    file: reconciliation,
    edits: [
      {
        find: 'return this.#undone.some(undone => targetOf(undone.action) === targetOf(action))',
        replace: 'return false',
      },
    ],
    shows: ['a call that never succeeds'],
  },
  {
    name: 'a failed action ends the run',
    rule: '2',
    off: 'one failed clean-up prevents all others',
    file: reconciliation,
    edits: [{ find: 'this.#undone.push({ action, error })', replace: 'throw error' }],
    shows: ['a call that never succeeds'],
  },
  {
    name: 'runs side by side',
    rule: '2',
    off: 'one instance runs several rotations at a time',
    file: 'rotation/queue.ts',
    edits: [{ find: 'last.then(work, work)', replace: 'work()' }],
    shows: ['repeated requests'],
  },
]
