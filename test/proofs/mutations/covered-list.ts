import type { Mutation } from './mutation.ts'

/** A clause that is not missed by itself, and why. */
export interface CoveredClause extends Mutation {
  readonly why: string
}

const issue = 'rotation/reconcile/issue.ts'
const reconciliation = 'rotation/reconcile/reconciliation.ts'
const observe = 'rotation/reconcile/observe.ts'

/**
 * Clauses whose removal alone no life shows, because something else covers them or because they are about answers. They
 * are lived as the others are, and the table says how many lives were bad.
 */
export const coveredClauses: readonly CoveredClause[] = [
  {
    name: 'keys before versions',
    rule: '1',
    off: 'keys are listed before versions',
    file: observe,
    edits: [
      {
        find: 'const listed = await versions.list()',
        replace: 'const early = await keys.list()\n  const listed = await versions.list()',
      },
      { find: 'ownWrites.overKeys(await keys.list())', replace: 'ownWrites.overKeys(early)' },
    ],
    shows: ['somebody meanwhile', 'runs interleaved'],
    why: 'asking for a missing key by itself covers it: the run ends as `list-incomplete`, not as `in-flight`',
  },
  {
    name: 'publish after the deadline',
    rule: '2',
    off: 'a run publishes past its deadline',
    file: issue,
    edits: [{ find: 'look.ageMs() > freshMs || parts.timeLeft() <= 0', replace: 'look.ageMs() > freshMs' }],
    shows: ['a frozen instance'],
    why: 'no call is sent past the deadline, so neither is this one',
  },
  {
    name: 'no deadline',
    rule: '2',
    off: 'calls are sent past the deadline',
    file: 'rotation/scaleway/client.ts',
    edits: [{ find: 'Math.floor(Math.min(callLimitMs, timeLeft()))', replace: 'callLimitMs + 0 * timeLeft()' }],
    shows: ['a frozen instance'],
    why: 'a look is never older than 60 s, and nothing is published past the deadline',
  },
  {
    name: 'retire before issue',
    rule: '2',
    off: 'a run cleans up before it makes a key',
    file: 'rotation/plan/plan.ts',
    edits: [{ find: '[...issues, ...cleanUp]', replace: '[...cleanUp, ...issues]' }],
    shows: ['the last key'],
    why: 'what is due to go has something newer that works, by the rule that makes it due',
  },
  {
    name: 'no retire: compromised',
    rule: '13',
    off: 'versions older than a flagged one stay enabled',
    file: 'rotation/plan/cleanup-rules.ts',
    edits: [
      { find: "if (isCompromisedVersion(version, compromiseFlag(situation))) return 'compromised'", replace: '' },
    ],
    shows: ['a leak'],
    why: 'the key of such a version is deleted, and then it is retired as `key-gone`',
  },
  {
    name: 'revoke in the run that disabled',
    rule: '10',
    off: 'a key is deleted by the run that disabled its version',
    file: 'rotation/plan/cleanup-rules.ts',
    edits: [{ find: "status === 'enabled' || disabledByThisRun.has(revision)", replace: "status === 'enabled'" }],
    shows: ['the end of the overlap'],
    why: 'overlap and settle time have passed, so nobody holds the key any more',
  },
  {
    name: 'a leak takes younger keys',
    rule: '13',
    off: 'a revoke deletes also unpublished keys that are younger than its own',
    file: 'rotation/plan/compromise-rules.ts',
    edits: [{ find: 'return isBefore(flagged, key, situation) && ageMs(', replace: 'return ageMs(' }],
    shows: ['a leak', 'runs interleaved'],
    why: 'such a key is past the time in which it could be published: it is an orphan an hour earlier',
  },
  {
    name: 'done after a failure',
    rule: '13',
    off: 'a revoke that made no key waits and cleans as if it had',
    file: reconciliation,
    edits: [{ find: 'if (failed || compromiseFlag(situation) === undefined) return false', replace: 'void failed' }],
    shows: ['a leak'],
    why: 'the answer says already that nothing was revoked; only the wait is longer',
  },
]
