import type { Mutation } from './mutation.ts'

const runKeys = 'rotation/run-keys.ts'
const calls = 'rotation/scaleway/calls.ts'
const service = 'rotation/service.ts'
const paced = 'rotation/scaleway/paced.ts'

/** Several keys: what keeps each to its own things, and what befalls one from the others. */
export const severalKeysMutations: readonly Mutation[] = [
  {
    name: 'the first failure ends the run',
    rule: '–',
    off: 'a key whose run was stopped ends the run of all',
    file: runKeys,
    edits: [
      {
        find: 'return { key, result: await run(request, { ...parts, report: reportOf(key) }) }',
        replace:
          'const result = await run(request, { ...parts, report: reportOf(key) })\n        if (result.stoppedBy !== undefined) throw result.stoppedBy\n        return { key, result }',
      },
      { find: 'return { key, fault }\n', replace: 'throw fault\n' },
    ],
    shows: ['several keys'],
  },
  {
    name: 'a fault of ours ends the run',
    rule: '–',
    off: 'a fault of the function itself, at one key, ends the run of all',
    file: runKeys,
    edits: [{ find: 'return { key, fault }\n', replace: 'throw fault\n' }],
    shows: ['many keys at once'],
  },
  {
    name: 'own writes are shared',
    rule: '–',
    off: 'what a run did to one key is taken for done to the others',
    file: 'rotation/reconcile/reconciliation.ts',
    edits: [
      {
        find: 'readonly #ownWrites = new OwnWrites()',
        replace: 'readonly #ownWrites: OwnWrites',
      },
      {
        find: '    this.#parts = parts\n',
        replace:
          '    this.#parts = parts\n    const kept = (globalThis as any).ownWrites?.runId === parts.runId ? (globalThis as any).ownWrites.writes : new OwnWrites()\n    ;(globalThis as any).ownWrites = { runId: parts.runId, writes: kept }\n    this.#ownWrites = kept\n',
      },
    ],
    shows: ['several keys'],
  },
  {
    name: 'the first key’s application',
    rule: '–',
    off: 'every key is read and made for the application of the first',
    file: calls,
    edits: [
      {
        find: 'keys: keysOf({ scaleway, ...key })',
        replace:
          'keys: keysOf({ scaleway, ...key, applicationId: [...(config as any).keys.values()][0].applicationId })',
      },
    ],
    shows: ['several keys'],
  },
  {
    name: 'the first key’s secret',
    rule: '–',
    off: 'every key is published to the secret of the first',
    file: calls,
    edits: [
      {
        find: 'versions: versionsOf({ scaleway, ...key })',
        replace: 'versions: versionsOf({ scaleway, ...key, secretId: [...(config as any).keys.values()][0].secretId })',
      },
    ],
    shows: ['several keys'],
  },
  {
    name: 'the first key’s timers',
    rule: '–',
    off: 'every key has the timers of the first',
    file: 'rotation/rotated-key.ts',
    edits: [
      {
        find: 'const { policy, secretId, rotationSchedule } = config',
        replace:
          'const { secretId, rotationSchedule } = config\n  const { policy } = [...(parts.config as any).keys.values()][0]',
      },
    ],
    shows: ['several keys'],
  },
  {
    name: 'every run is over all keys',
    rule: '–',
    off: 'a run that was asked of some keys works on all',
    file: service,
    edits: [{ find: 'const keys = asked.keys.map(keyOf)', replace: 'const keys = [...rotatedKeys.values()]' }],
    shows: ['several keys'],
  },
  {
    name: 'one key after the other',
    rule: '–',
    off: 'keys are worked on one at a time',
    file: runKeys,
    edits: [
      {
        find: '  return Promise.all(\n',
        replace: '  let last: Promise<unknown> = Promise.resolve()\n  return Promise.all(\n',
      },
      { find: 'await run(request', replace: 'await (last = last.then(() => run(request' },
      { find: 'report: reportOf(key) })', replace: 'report: reportOf(key) }))) as RunResult' },
    ],
    shows: ['many slow keys', 'several keys', 'many keys at once'],
  },
  {
    name: 'no pace',
    rule: '–',
    off: 'all calls are begun at once',
    file: paced,
    edits: [{ find: 'const callsASecond = 25', replace: 'const callsASecond = 25_000' }],
    shows: ['many keys at once'],
  },
  {
    name: 'the pace forgets who waits',
    rule: '–',
    off: 'a call that waits for its turn does not count as begun then',
    file: paced,
    edits: [{ find: 'begun.push(atMs)', replace: 'begun.push(nowMs)' }],
    shows: ['many keys at once'],
  },
  {
    name: 'no second try where there is room now',
    rule: '6',
    off: 'an urgent key that IAM refused for its quota waits for the next run, though this one made room',
    file: 'rotation/reconcile/reconciliation.ts',
    edits: [{ find: 'if (this.#hasMadeRoom()) {', replace: 'if (false && this.#hasMadeRoom()) {' }],
    shows: ['a full organization'],
  },
]
