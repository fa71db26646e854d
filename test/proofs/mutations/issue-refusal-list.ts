import type { Mutation } from './mutation.ts'

const file = 'rotation/plan/issue-rules.ts'

/** Rules 4 to 6: what stops an issue. */
export const issueRefusalMutations: readonly Mutation[] = [
  {
    name: 'no recent',
    rule: '4',
    off: 'nobody has to wait between two rotations',
    file,
    edits: [
      {
        find: "(reason === 'requested' ? notNow(situation, request) : undefined) ??",
        replace: "(reason === 'requested' && isRolledBack(situation) ? notNow(situation, request) : undefined) ??",
      },
    ],
    shows: ['repeated requests'],
  },
  {
    name: 'no recent for the operator',
    rule: '4',
    off: 'a second request of the operator creates a second key',
    file,
    edits: [{ find: 'if (young) return', replace: 'if (!operator && young) return' }],
    shows: ['repeated requests'],
  },
  {
    name: 'no recent for the CRON',
    rule: '4',
    off: 'a CRON that is delivered again creates a second key',
    file,
    edits: [{ find: 'if (young) return', replace: 'if (operator && young) return' }],
    shows: ['repeated requests'],
  },
  {
    name: 'recent for days',
    rule: '4',
    off: 'a rotation waits for an overlap after the one before',
    file,
    edits: [
      {
        find: 'ageMs(version.createdAt, now) < inFlightMs(policy)',
        replace: 'ageMs(version.createdAt, now) < policy.overlapMs',
      },
    ],
    shows: ['callers without the right'],
  },
  {
    name: 'no in-flight',
    rule: '4',
    off: 'a run does not wait for the key that another run has just created',
    file,
    edits: [{ find: '    inFlight(situation) ??\n', replace: '    (void inFlight, undefined) ??\n' }],
    shows: ['interference between two calls', 'repeated requests', 'interleaved runs'],
  },
  {
    name: 'in flight forever',
    rule: '4',
    off: 'an unpublished key counts as another run’s work until it is deleted',
    file,
    edits: [
      {
        find: 'key => ageMs(key.createdAt, now) < inFlightMs(policy))',
        replace: 'key => ageMs(key.createdAt, now) < policy.overlapMs)',
      },
    ],
    shows: ['the last working key', 'one failing call'],
  },
  {
    name: 'no rolled-back',
    rule: '5',
    off: 'the CRON may rotate over a rollback',
    file,
    edits: [
      {
        find: "return !operator && isRolledBack({ world, now }) ? { code: 'rolled-back' } : undefined",
        replace: 'return undefined',
      },
    ],
    shows: ['a rollback'],
  },
  {
    name: 'rolled-back for the operator',
    rule: '5',
    off: 'not even the operator may rotate over a rollback',
    file,
    edits: [{ find: 'return !operator && isRolledBack', replace: 'return isRolledBack' }],
    shows: ['a rollback'],
  },
  {
    name: 'rolled-back forever',
    rule: '5',
    off: 'a disabled version blocks rotations even if its key is deleted',
    file,
    edits: [
      { find: 'above.some(version => usableKeyOf(world, version, now) !== undefined)', replace: 'above.length > 0' },
    ],
    shows: ['manual edits'],
  },
  {
    name: 'routine may use the last slots for versions',
    rule: '6',
    off: 'routine rotations stop at 20 versions, not at 17',
    file: 'rotation/plan/policy.ts',
    edits: [{ find: 'routine: { versions: 17,', replace: 'routine: { versions: 20,' }],
    shows: ['full quotas'],
  },
  {
    name: 'routine may use the last slots for keys',
    rule: '6',
    off: 'routine rotations stop at 6 keys, not at 4',
    file: 'rotation/plan/policy.ts',
    edits: [{ find: 'routine: { versions: 17, keys: 4 }', replace: 'routine: { versions: 17, keys: 6 }' }],
    shows: ['full quotas'],
  },
  {
    name: 'no limit of versions',
    rule: '6',
    off: 'urgent rotations continue beyond 20 versions',
    file: 'rotation/plan/policy.ts',
    edits: [{ find: 'urgent: { versions: 20,', replace: 'urgent: { versions: 99,' }],
    shows: ['full quotas'],
  },
  {
    name: 'no limit of keys',
    rule: '6',
    off: 'urgent rotations continue beyond 6 keys',
    file: 'rotation/plan/policy.ts',
    edits: [{ find: 'urgent: { versions: 20, keys: 6 }', replace: 'urgent: { versions: 20, keys: 99 }' }],
    shows: ['full quotas'],
  },
  {
    name: 'urgent has the limits of routine',
    rule: '6',
    off: 'urgent rotations may not use the last slots',
    file,
    edits: [{ find: 'isUrgent(reason) ? limits.urgent : limits.routine', replace: 'limits.routine' }],
    shows: ['full quotas'],
  },
]
