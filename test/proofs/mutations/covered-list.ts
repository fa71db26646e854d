import type { Mutation } from './mutation.ts'

/** A clause whose removal alone shows no violation, and why it stays. */
export interface CoveredClause extends Mutation {
  readonly why: string
}

const callers = 'rotation/http/callers.ts'
const issue = 'rotation/reconcile/issue.ts'
const reconciliation = 'rotation/reconcile/reconciliation.ts'
const observe = 'rotation/reconcile/observe.ts'

/**
 * Clauses whose removal alone no simulated run shows, because another clause covers them or because they are about
 * answers. They are simulated like the others, and the table says how many simulated runs were bad.
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
    shows: ['interference between two calls', 'interleaved runs'],
    why: 'a missing key is requested by itself, which covers it: the run ends with `list-incomplete`, not with `in-flight`',
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
    why: 'an observation is never older than 60 s, and nothing is published past the deadline',
  },
  {
    name: 'retire before issue',
    rule: '2',
    off: 'a run cleans up before it creates a key',
    file: 'rotation/plan/plan.ts',
    edits: [{ find: '[...issues, ...cleanUp]', replace: '[...cleanUp, ...issues]' }],
    shows: ['the last working key'],
    why: 'whatever is due to be deleted has a newer working key: the rule that makes it due requires one',
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
    why: 'the key of such a version is deleted, and then the version is retired as `key-gone`',
  },
  {
    name: 'revoke in the run that disabled',
    rule: '10',
    off: 'a key is deleted by the run that disabled its version',
    file: 'rotation/plan/cleanup-rules.ts',
    edits: [{ find: "status === 'enabled' || disabledByThisRun.has(revision)", replace: "status === 'enabled'" }],
    shows: ['the end of the overlap'],
    why: 'overlap and settle time have passed, so no consumer holds the key any more',
  },
  {
    name: 'a revoke deletes younger keys',
    rule: '13',
    off: 'a revoke also deletes unpublished keys that are younger than its own',
    file: 'rotation/plan/compromise-rules.ts',
    edits: [{ find: 'return isBefore(flagged, key, situation) && clearInMs(', replace: 'return clearInMs(' }],
    shows: ['a leak', 'interleaved runs'],
    why: 'such a key can no longer be published: it is only deleted an hour earlier than as an orphan',
  },
  {
    name: 'done after a failure',
    rule: '13',
    off: 'a revoke that created no key waits and cleans up as if it had',
    file: reconciliation,
    edits: [{ find: 'if (failed || compromiseFlag(situation) === undefined) return false', replace: 'void failed' }],
    shows: ['a leak'],
    why: 'the answer already says that nothing was revoked; only the wait is longer',
  },
  {
    name: 'consumers are admitted',
    rule: '–',
    off: 'a request of a consumer is read before it is refused',
    file: callers,
    edits: [
      {
        find: "if (recognised(caller).role === 'consumer') throw operatorOnly(noBusiness)",
        replace: 'recognised(caller)',
      },
    ],
    shows: ['callers without the right'],
    why: 'a consumer has the right to nothing that can be read; to what cannot be read it is answered 403 as well',
  },
  {
    name: 'second tries without end',
    rule: '6',
    off: 'a run tries again to make a key after each one that it deletes',
    file: reconciliation,
    edits: [{ find: 'if (this.#isTriedAgain || this', replace: 'if (this' }],
    shows: ['a full organization'],
    why: 'each further try is refused as well, and there are no more of them than keys to delete',
  },
  {
    name: 'every reason is tried again',
    rule: '6',
    off: 'a routine key too is tried again in a run that has made room',
    file: reconciliation,
    edits: [{ find: 'return this.#isUrgent && this', replace: 'return this' }],
    shows: ['a full organization'],
    why: 'a routine key that is made at once instead of an hour later harms nobody',
  },
]
