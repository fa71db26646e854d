import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UpstreamError, type UpstreamErrorCode } from '../../functions/retrieval/scaleway/upstream-error.ts'
import { errorForCall, errorForFailure, errorForRefusal } from '../../functions/rotation/http/errors.ts'
import type { Action, IssueReason } from '../../functions/rotation/plan/actions.ts'
import type { IssueRefusal, RefusedRun, RollbackRefusal } from '../../functions/rotation/plan/refusals.ts'
import type { IssueFailure } from '../../functions/rotation/reconcile/result.ts'
import { ApiError, type ApiErrorCode } from '../../functions/rotation/scaleway/api-error.ts'
import type { Problem } from '../../functions/rotation/status/problem.ts'
import { root } from './built.ts'

/** A list that the compiler holds to its union: a list that lacks a code, or holds an old one, does not compile. */
function all<Code extends string>(codes: Record<Code, true>): readonly Code[] {
  return Object.keys(codes).filter((code): code is Code => Object.hasOwn(codes, code))
}

/** Why an action is done, by its kind. */
export const actionReasons: { readonly [Kind in Action['kind']]: readonly string[] } = {
  issue: all<IssueReason>({
    'no-usable-key': true,
    'expires-soon': true,
    'key-too-old': true,
    requested: true,
    forced: true,
    compromise: true,
  }),
  retire: all<Extract<Action, { kind: 'retire' }>['reason']>({
    superseded: true,
    'key-gone': true,
    compromised: true,
    'rolled-back': true,
  }),
  revoke: all<Extract<Action, { kind: 'revoke' }>['reason']>({
    superseded: true,
    orphan: true,
    expired: true,
    compromised: true,
  }),
  prune: all<Extract<Action, { kind: 'prune' }>['reason']>({ 'beyond-keep-versions': true }),
}

/** What the status names as wrong or worth knowing. */
export const problemCodes = all<Problem['code']>({
  'no-usable-key': true,
  'expires-soon': true,
  'key-too-old': true,
  'secret-deleted': true,
  'list-incomplete': true,
  blocked: true,
  'clock-skew': true,
  'foreign-served': true,
  'cleanup-overdue': true,
  'unknown-key': true,
  'keys-hidden': true,
  'credential-expires-soon': true,
  'credential-old': true,
  'rotator-key-expires-soon': true,
  'rotator-key-old': true,
  'rotator-key-unknown': true,
  paused: true,
  'rolled-back': true,
  orphan: true,
  'foreign-key': true,
  'foreign-version': true,
})

const failedCalls = all<ApiErrorCode>({
  'upstream-timeout': true,
  'upstream-unreachable': true,
  'upstream-refused': true,
  'upstream-error': true,
  'upstream-unreadable': true,
  'secret-gone': true,
  'list-incomplete': true,
  'clock-skew': true,
  'out-of-time': true,
})

const failedIssues = all<IssueFailure>({ 'not-proven': true, overtaken: true, blocked: true })

const refusedIssues = all<IssueRefusal>({ recent: true, 'in-flight': true, 'rolled-back': true, blocked: true })

const refusedRollbacks = all<RollbackRefusal>({
  'revision-missing': true,
  'already-rolled-back': true,
  'not-current': true,
  'unknown-revision': true,
  'no-older-key': true,
  'previous-not-usable': true,
  'previous-expires': true,
  'too-late': true,
  'replaces-compromised': true,
})

const refusedRuns = all<RefusedRun['code']>({ 'secret-deleted': true })

const failedRetrievals = all<UpstreamErrorCode>({
  'upstream-timeout': true,
  'upstream-unreachable': true,
  'upstream-refused': true,
  'upstream-error': true,
  'upstream-unreadable': true,
  'no-key-yet': true,
  'unexpected-payload': true,
})

/** Every code of a union. */
export const closedCodes: readonly string[] = [
  ...actionReasons.issue,
  ...problemCodes,
  ...failedCalls,
  ...failedIssues,
  ...refusedIssues,
  ...refusedRollbacks,
  ...refusedRuns,
  ...failedRetrievals,
]

/** An error that a function answers. */
interface AnsweredError {
  readonly code: string
  readonly status: number
}

/** Every error that each function answers. `recent` is not an error: it is answered with 200. */
export function answeredErrors(): Readonly<Record<'rotation' | 'retrieval', readonly AnsweredError[]>> {
  const written = (folder: string) => [...writtenIn(folder), ...writtenIn('shared')].filter(({ status }) => status > 0)
  return {
    rotation: [
      ...failedCalls.map(code => errorForCall(new ApiError({ code, operation: 'list keys' }))),
      ...failedIssues.map(code => errorForFailure(code, {})),
      ...refusedIssues.filter(code => code !== 'recent').map(code => errorForRefusal({ code }, {})),
      ...refusedRollbacks.map(code => errorForRefusal({ code, current: 1 }, {})),
      ...refusedRuns.map(code => errorForRefusal({ code, restorableUntil: new Date(0) }, {})),
      ...written('rotation'),
    ],
    retrieval: [...failedRetrievals.map(code => new UpstreamError(code)), ...written('retrieval')],
  }
}

/** Codes that the sources give to `code` or `error`, where no union lists them. */
export function writtenCodes(): string[] {
  const codes = folders.flatMap(writtenIn).map(({ code }) => code)
  return codes.filter(code => !neverAnswered.includes(code))
}

const folders = ['rotation', 'retrieval', 'shared']

/** Codes between two modules, or for the log alone. */
const neverAnswered = ['call', 'receiver-refused']

/** The codes that are written in a folder's sources, each with the status before it; 0 where there is none. */
function writtenIn(folder: string): AnsweredError[] {
  const path = join(root, 'functions', folder)
  const form = /(?:\bstatus: (\d{3}),\s*(?:body: \{ )?)?\b(?:code|error): '([a-z]+(?:-[a-z]+)*)'/g
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .flatMap(name =>
      Array.from(readFileSync(join(path, name), 'utf8').matchAll(form), ([, status = '0', code = '']) => ({
        code,
        status: Number(status),
      })),
    )
}
