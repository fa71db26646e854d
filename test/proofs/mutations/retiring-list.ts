import type { Mutation } from './mutation.ts'

const file = 'rotation/plan/cleanup-rules.ts'

/** Rules 8 and 9: release and retire, and 11: prune. */
export const retiringMutations: readonly Mutation[] = [
  {
    name: 'no overlap',
    rule: '8',
    off: 'a superseded version is released without the overlap',
    file,
    edits: [{ find: 'Math.min(...since) + policy.overlapMs + settleMs', replace: 'Math.min(...since) + settleMs' }],
    shows: ['the end of the overlap'],
  },
  {
    name: 'no settle after the overlap',
    rule: '8',
    off: 'a superseded version is released after the overlap, without the settle time',
    file,
    edits: [
      { find: 'Math.min(...since) + policy.overlapMs + settleMs', replace: 'Math.min(...since) + policy.overlapMs' },
    ],
    shows: ['the end of the overlap'],
  },
  {
    name: 'released at once',
    rule: '8',
    off: 'a version is released as soon as it is superseded',
    file,
    edits: [
      { find: 'releaseMs !== undefined && situation.now.getTime() > releaseMs', replace: 'releaseMs !== undefined' },
    ],
    shows: ['the end of the overlap'],
  },
  {
    name: 'released by a deleted key',
    rule: '8',
    off: 'a newer version releases older ones even if its key is deleted or expired',
    file,
    edits: [
      { find: "newer.status === 'enabled' && usableKeyOf(world, newer, now))", replace: "newer.status === 'enabled')" },
    ],
    shows: ['the last working key'],
  },
  {
    name: 'released by a disabled version',
    rule: '8',
    off: 'a newer version releases older ones even if it is disabled',
    file,
    edits: [{ find: "newer.status === 'enabled' && usableKeyOf", replace: 'usableKeyOf' }],
    shows: ['a rollback'],
  },
  {
    name: 'release counts from creation',
    rule: '8',
    off: 'the overlap counts from the creation of the newer version, even if it was disabled and enabled again since',
    file,
    edits: [
      {
        find: 'Math.max(createdAt.getTime(), updatedAt.getTime())',
        replace: 'Math.min(createdAt.getTime(), updatedAt.getTime())',
      },
    ],
    shows: ['a rollback'],
  },
  {
    name: 'no retire: superseded',
    rule: '9',
    off: 'a released version stays enabled',
    file,
    edits: [{ find: "if (isReleased(situation, version.revision)) return 'superseded'", replace: '' }],
    shows: ['the end of the overlap'],
  },
  {
    name: 'no retire: key-gone',
    rule: '9',
    off: 'a version whose key is deleted stays enabled',
    file,
    edits: [{ find: "if (!isServed && keyOf(situation.world, version) === undefined) return 'key-gone'", replace: '' }],
    shows: ['manual edits'],
  },
  {
    name: 'retire what is served',
    rule: '9',
    off: 'the served version is retired as well when its key is gone',
    file,
    edits: [{ find: '!isServed && keyOf(', replace: 'keyOf(' }],
    shows: ['incomplete or lagging lists'],
  },
  {
    name: 'prune the version of an existing key',
    rule: '11',
    off: 'a version is deleted although its key exists',
    file,
    edits: [{ find: 'keyOf(world, version) === undefined && ageMs(version', replace: 'ageMs(version' }],
    shows: ['a rollback'],
  },
  {
    name: 'prune at once',
    rule: '11',
    off: 'a version is deleted as soon as a list lacks its key, not after the settle time',
    file,
    edits: [{ find: ' && ageMs(version.updatedAt, now) > settleMs)', replace: ')' }],
    shows: ['incomplete or lagging lists'],
  },
  {
    name: 'prune enabled versions',
    rule: '11',
    off: 'versions of any status are deleted',
    file,
    edits: [{ find: "({ status }) => status === 'disabled'", replace: '() => true' }],
    shows: ['the end of the overlap'],
  },
]
