import type { Mutation } from './mutation.ts'

const service = 'rotation/service.ts'
const overview = 'rotation/overview.ts'
const ended = 'rotation/report/ended-run.ts'

/** Several keys: what is said of them, and to whom each is given. */
export const severalAnswersMutations: readonly Mutation[] = [
  {
    name: 'own keys are read after every run',
    rule: '–',
    off: 'an hourly run over some keys looks at the keys of the deployment’s own applications too',
    file: 'rotation/report/notifier.ts',
    edits: [{ find: "ended.action === 'tend' && ended.isOverAll ?", replace: "ended.action === 'tend' ?" }],
    shows: ['several keys'],
  },
  {
    name: 'a heartbeat for each key',
    rule: '–',
    off: 'one healthy key is enough for a heartbeat',
    file: ended,
    edits: [{ find: 'return ended.keys.every(key => {', replace: 'return ended.keys.some(key => {' }],
    shows: ['several keys'],
  },
  {
    name: 'a heartbeat after some keys',
    rule: '–',
    off: 'an hourly run over some keys is enough for a heartbeat',
    file: ended,
    edits: [
      {
        find: "ended.action !== 'tend' || !ended.isOverAll || deploymentAlarms",
        replace: "ended.action !== 'tend' || deploymentAlarms",
      },
    ],
    shows: ['several keys'],
  },
  {
    name: 'the status is remembered over a run',
    rule: '–',
    off: 'the status of all keys is given from memory after a run has changed something',
    file: service,
    edits: [{ find: '    overview.forget()\n', replace: '' }],
    shows: ['several keys'],
  },
  {
    name: 'one unread key withholds the status',
    rule: '–',
    off: 'the status of all keys fails if one cannot be read',
    file: overview,
    edits: [{ find: 'if (!(error instanceof ApiError)) throw error', replace: 'if (error) throw error' }],
    shows: ['several keys'],
  },
  {
    name: 'the tag is the bare revision',
    rule: '–',
    off: 'the ETag does not say whose revision it is',
    file: 'retrieval/service.ts',
    edits: [{ find: '{key.secretId}', replace: "{''}" }],
    shows: ['consumers of several keys'],
  },
  {
    name: 'every consumer may fetch every key',
    rule: '–',
    off: 'a consumer is given any key that it names',
    file: 'retrieval/entitlement.ts',
    edits: [
      {
        find: "if (role === 'operator') return keys",
        replace: "if (role === 'operator' || role === 'consumer') return keys",
      },
    ],
    shows: ['consumers of several keys'],
  },
  {
    name: 'one memory for all keys',
    rule: '–',
    off: 'retrieval remembers one key, whichever is asked for',
    file: 'retrieval/compose.ts',
    edits: [
      {
        find: 'const cacheOf = createKeyCaches(({ region, secretId }: ServedKey) => {',
        replace:
          'const only = keys.slice(0, 1)\n    const cacheOf = createKeyCaches((asked: ServedKey) => {\n      const { region, secretId } = only[0] ?? asked',
      },
    ],
    shows: ['consumers of several keys'],
  },
]
