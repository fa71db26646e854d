import type { Mutation } from './mutation.ts'

const observe = 'rotation/reconcile/observe.ts'

/** Rule 1: the observation. */
export const observingMutations: readonly Mutation[] = [
  {
    name: 'keys before versions, and lists are believed',
    rule: '1',
    off: 'keys are listed before versions, and a published key that the list lacks is not requested by itself',
    file: observe,
    edits: [
      {
        find: 'const listed = await versions.list()',
        replace: 'const early = await keys.list()\n  const listed = await versions.list()',
      },
      { find: 'ownWrites.overKeys(await keys.list())', replace: 'ownWrites.overKeys(early)' },
      { find: 'for (const version of missing) {', replace: 'for (const version of missing.slice(0, 0)) {' },
    ],
    shows: ['interference between two calls'],
  },
  {
    name: 'lists are believed',
    rule: '1',
    off: 'a published key that the list lacks is not requested by itself',
    file: observe,
    edits: [{ find: 'for (const version of missing) {', replace: 'for (const version of missing.slice(0, 0)) {' }],
    shows: ['incomplete or lagging lists'],
  },
  {
    name: 'a young 404 is believed',
    rule: '1',
    off: 'a 404 for a key that was published minutes ago is believed',
    file: observe,
    edits: [
      { find: 'if (absent !== undefined && !onlyLooks) throw listIncomplete(absent)', replace: 'void onlyLooks' },
    ],
    shows: ['incomplete or lagging lists'],
  },
  {
    name: 'no press believes a young 404',
    rule: '1',
    off: 'after a person deleted a key that is minutes old, neither force nor a revoke nor a rollback helps',
    file: 'rotation/reconcile/reconciliation.ts',
    edits: [
      {
        find: "const believesAbsence = seesServed || action === 'revoke' || force",
        replace: 'const believesAbsence = false',
      },
    ],
    shows: ['manual edits'],
  },
  {
    name: 'an incomplete list is completed',
    rule: '1',
    off: 'a run continues with a list that was found to lack a key',
    file: observe,
    edits: [{ find: 'if (!onlyLooks && !seesServed) throw listIncomplete()', replace: 'void seesServed' }],
    shows: ['incomplete or lagging lists'],
  },
  {
    name: 'a short list is believed',
    rule: '1',
    off: 'a list that ends before its own total is believed',
    file: 'rotation/scaleway/pages.ts',
    edits: [{ find: 'if (items.length === 0) break', replace: 'if (items.length < 100) return all' }],
    shows: ['incomplete or lagging lists'],
  },
  {
    name: 'a wrong clock is believed',
    rule: '1',
    off: 'a run goes by a clock of its own that is far from Scaleway’s',
    file: observe,
    edits: [
      { find: 'if (skewMs() !== 0 && !onlyLooks) throw', replace: 'if (false) throw' },
      { find: 'new Date(startedAt.getTime() - skewMs())', replace: 'startedAt' },
    ],
    shows: ['a wrong clock'],
  },
  {
    name: 'a clock that is behind is believed',
    rule: '1',
    off: 'only a clock that is ahead of Scaleway’s counts as wrong',
    file: 'rotation/plan/clock-skew.ts',
    edits: [{ find: 'return dateMs - receivedMs > wrongClockMs ? receivedMs - dateMs : 0', replace: 'return 0' }],
    shows: ['a wrong clock'],
  },
  {
    name: 'a deleted secret is not asked for',
    rule: '–',
    off: 'a secret that waits for its deletion looks as if it had no version',
    file: observe,
    edits: [{ find: 'return versions.secretDeletedAt()', replace: 'return undefined' }],
    shows: ['a deleted secret'],
  },
  {
    name: 'only marked keys count',
    rule: '1',
    off: 'a key whose description a person edited does not count as usable',
    file: 'rotation/plan/world.ts',
    edits: [
      {
        find: 'return keys.find(key => key.accessKey ===',
        replace: 'return keys.find(key => key.marker && key.accessKey ===',
      },
    ],
    shows: ['manual edits'],
  },
  {
    name: 'another secret’s keys are ours',
    rule: '1',
    off: 'a key that another deployment created for the same bearer counts as ours',
    file: 'rotation/plan/markers.ts',
    edits: [
      {
        find: 'secret === secretId && runId !== undefined ? { secretId: secret, runId }',
        replace: 'secret !== undefined && runId !== undefined ? { secretId, runId }',
      },
    ],
    shows: ['manual edits'],
  },
]
