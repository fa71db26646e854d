import { isCodeWord } from '../deployment/answer.ts'
import { inColumns } from './columns.ts'
import { credentialTable } from './credential-table.ts'
import { rotatorKeyFact, versionFact } from './facts.ts'
import { keyRows } from './key-rows.ts'
import { endInWords } from './key-table.ts'
import { painter } from './paint.ts'
import { factLines, joined, notHealthy, problemLines, renderStatus, type Shown } from './render.ts'
import type { Status, StatusOfSeveral } from './status.ts'
import { fromNow, spanInWords } from './words.ts'

/**
 * Gives the status of a deployment with several keys as text: a headline, what concerns all of them, a line for each key,
 * and with `all` each key in full. Pure.
 */
export function renderSeveral(status: StatusOfSeveral, shown: Shown, { all }: { readonly all: boolean }): string {
  const { now, width } = shown
  const paint = painter(shown)
  const keys = Object.entries(status.keys)
  const [heading = '', ...rows] = inColumns([columnNames, ...keys.map(([name, key]) => cells(name, key, now))])
  const table = rows.map((row, index) => paint(keys[index]?.[1].healthy === true ? 'good' : 'bad', row))
  return joined([
    [status.healthy ? paint('good', 'healthy') : paint('bad', notHealthy(reasons(status)))],
    problemLines(status, { width, paint }),
    [paint('title', heading), ...table],
    factLines(deploymentFacts(status, now), width),
    credentialTable(status, { now, paint }),
    ...(all ? keys.map(([name, key]) => [inFull(name, key, shown)]) : [[inFullElsewhere(keys)]]),
  ])
}

const columnNames = ['key', 'health', 'age', 'ends', 'next rotation', 'overdue', 'problems']

type KeyStatus = StatusOfSeveral['keys'][string]

function cells(name: string, key: KeyStatus, now: Date): string[] {
  if ('error' in key) return [name, 'unknown', '', '', '', '', code(key.error)]
  const { problems, next_rotation: firing, overdue_after: overdue } = key
  const sorted = problems.toSorted((a, b) => Number(b.alarming) - Number(a.alarming))
  return [
    name,
    key.healthy ? 'healthy' : 'NOT HEALTHY',
    ...ageAndEnd(key, now),
    firing instanceof Date ? fromNow(firing, now) : 'none',
    overdue instanceof Date ? fromNow(overdue, now) : '',
    sorted.map(problem => problem.code).join(', ') || 'none',
  ]
}

function ageAndEnd(status: Status, now: Date): [age: string, end: string] {
  const [served] = keyRows(status).filter(({ isServed }) => isServed)
  if (served === undefined) return ['no key', '']
  const { createdAt, end } = served
  return [createdAt === null ? 'unknown' : spanInWords(now.getTime() - createdAt.getTime()), endInWords(end, now)]
}

/** What concerns no key alone, and how many keys are not healthy. */
function reasons({ problems, keys }: StatusOfSeveral): string[] {
  const alarms = problems.filter(({ alarming }) => alarming).map(problem => problem.code)
  const all = Object.values(keys)
  const sick = all.filter(({ healthy }) => !healthy)
  return sick.length === 0 ? alarms : [...alarms, `${sick.length} of ${all.length} keys`]
}

function deploymentFacts(status: StatusOfSeveral, now: Date) {
  const { api_keys: used } = status
  return [
    ...(used === undefined ? [] : [['API keys', `${used.used} of ${used.quota}`] as const]),
    ...rotatorKeyFact(status, now),
    ...versionFact(status),
  ]
}

function inFull(name: string, key: KeyStatus, shown: Shown): string {
  if (!('error' in key)) return renderStatus(key, shown, name)
  return `${name}: ${painter(shown)('bad', `its status could not be read (${code(key.error)}): the function's log has the cause`)}`
}

function inFullElsewhere(keys: readonly (readonly [string, KeyStatus])[]): string {
  const [name] = keys.find(([, { healthy }]) => !healthy) ?? keys[0] ?? ['']
  return `  One in full, with its time line: npm run status -- --key ${name}. All: --all.`
}

function code(error: string): string {
  return isCodeWord(error) ? error : 'unreadable'
}
