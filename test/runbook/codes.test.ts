import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { UpstreamErrorCode } from '../../functions/retrieval/scaleway/upstream-error.ts'
import type { IssueReason } from '../../functions/rotation/plan/actions.ts'
import type { IssueRefusal, RollbackRefusal } from '../../functions/rotation/plan/refusals.ts'
import type { IssueFailure } from '../../functions/rotation/reconcile/result.ts'
import type { ApiErrorCode } from '../../functions/rotation/scaleway/api-error.ts'
import type { Problem } from '../../functions/rotation/status/problem.ts'
import { codesInTables, linksAndAnchors } from './document.ts'

type Closed =
  | Problem['code']
  | IssueReason
  | ApiErrorCode
  | IssueFailure
  | IssueRefusal
  | RollbackRefusal
  | UpstreamErrorCode

/** The compiler holds this list to the unions: a word that is new, or gone, does not compile. */
const closed: Record<Closed, true> = {
  'no-usable-key': true,
  'expires-soon': true,
  'key-too-old': true,
  requested: true,
  forced: true,
  compromise: true,
  blocked: true,
  'foreign-served': true,
  'cleanup-overdue': true,
  'rotator-key-expires-soon': true,
  'rotator-key-old': true,
  'rotator-key-unknown': true,
  'rolled-back': true,
  orphan: true,
  'foreign-key': true,
  'foreign-version': true,
  'upstream-timeout': true,
  'upstream-unreachable': true,
  'upstream-refused': true,
  'upstream-error': true,
  'upstream-unreadable': true,
  'list-incomplete': true,
  'out-of-time': true,
  'not-proven': true,
  overtaken: true,
  recent: true,
  'in-flight': true,
  'revision-missing': true,
  'already-rolled-back': true,
  'not-current': true,
  'unknown-revision': true,
  'no-older-key': true,
  'previous-not-usable': true,
  'previous-expires': true,
  'too-late': true,
  'replaces-compromised': true,
  'no-key-yet': true,
  'unexpected-payload': true,
}

test('every problem, refusal and error word of both functions has a place in the runbook', () => {
  const inRunbook = new Set(codesInTables())
  const missing = [...Object.keys(closed), ...writtenCodes()].filter(code => !inRunbook.has(code))
  expect([...new Set(missing)]).toEqual([])
})

test('every word in the tables of the runbook is one that a function says', () => {
  const known = new Set([...Object.keys(closed), ...writtenCodes(), 'error'])
  expect(codesInTables().filter(code => !known.has(code))).toEqual([])
})

test('every link inside the runbook leads to a heading', () => {
  const { links, anchors } = linksAndAnchors()
  expect(links.filter(link => !anchors.includes(link))).toEqual([])
  expect(links.length).toBeGreaterThan(20)
})

/** Words that stand in the sources beside `code` or `error`, where no union lists them. */
function writtenCodes(): string[] {
  return ['rotation', 'retrieval', 'shared'].flatMap(folder => {
    const path = fileURLToPath(new URL(`../../functions/${folder}`, import.meta.url))
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .flatMap(name => {
        const source = readFileSync(`${path}/${name}`, 'utf8')
        return Array.from(source.matchAll(/\b(?:code|error): '([a-z]+(?:-[a-z]+)*)'/g), ([, code = '']) => code)
      })
      .filter(code => !neverAnswered.includes(code))
  })
}

/** Words between two modules, or for the log alone. */
const neverAnswered = ['call', 'caller-unchecked', 'receiver-refused']
