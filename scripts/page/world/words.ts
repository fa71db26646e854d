import * as v from 'valibot'
import type { Telling } from './happenings.ts'

/** What is read of a line of the rotation function's log. */
const line = v.object({
  time: v.number(),
  msg: v.string(),
  key: v.optional(v.string()),
  kind: v.optional(v.string()),
  reason: v.optional(v.string()),
  revision: v.optional(v.number()),
  access_key: v.optional(v.string()),
  code: v.optional(v.nullable(v.string())),
  operation: v.optional(v.nullable(v.string())),
  status: v.optional(v.nullable(v.number())),
  refused: v.optional(v.nullable(v.string())),
  asked: v.optional(v.string()),
  caller: v.optional(v.string()),
})

type Line = v.InferOutput<typeof line>

/** A line of the log in plain words, with its moment; undefined where it says nothing that a person wants to know. */
export interface ToldLine extends Telling {
  readonly at: number
}

/** Reads a line of the rotation function's log. */
export function readLogLine(text: string): ToldLine | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), line), text)
  if (!parsed.success) return undefined
  const telling = tell(parsed.output)
  return telling && { ...telling, at: parsed.output.time, lane: parsed.output.key ?? null }
}

function tell(read: Line): Telling | undefined {
  if (read.msg === `${read.kind} done`) return { text: done(read), code: read.reason ?? null, tone: toneOf(read) }
  if (read.msg === `${read.kind} failed`) return failed(read)
  if (read.msg === 'run ended with something undone') return undone(read)
  if (read.msg === 'run ended' && read.refused != null && read.caller === 'cron') return refused(read)
  return undefined
}

function toneOf({ kind }: Line): 'good' | 'plain' {
  return kind === 'issue' ? 'good' : 'plain'
}

function done({ kind, reason = '', revision, access_key: accessKey = '', caller }: Line): string {
  const isAsked = reason === 'requested' && caller === 'operator'
  const why = isAsked ? 'the operator asked for it' : (reasons[`${kind} ${reason}`] ?? reason)
  switch (kind) {
    case 'issue':
      return `Key ${short(accessKey)} made, proven and published as revision ${revision}: ${why}.`
    case 'retire':
      return `Revision ${revision} disabled: ${why}.`
    case 'revoke':
      return `Key ${short(accessKey)} deleted: ${why}.`
    default:
      return `Revision ${revision} taken off the record: ${why}.`
  }
}

/** The reasons of docs/how-it-works.md, as the end of a sentence. */
const reasons: Readonly<Record<string, string>> = {
  'issue no-usable-key': 'nothing that works was served',
  'issue expires-soon': 'the served key was about to expire',
  'issue compromise': 'the one before it leaked',
  'issue key-too-old': 'the newest one was too old',
  'issue requested': 'it was time',
  'issue forced': 'the operator insisted',
  'retire superseded': 'a newer one has been there for the overlap',
  'retire key-gone': 'its key is gone',
  'retire rolled-back': 'it was rolled back',
  'retire compromised': 'its key leaked',
  'revoke superseded': 'a newer one has been there for the overlap',
  'revoke orphan': 'it was made and never published',
  'revoke expired': 'it has expired',
  'revoke compromised': 'it leaked',
  'prune beyond-keep-versions': 'enough disabled ones are kept',
}

function failed({ kind = '', operation, code, status }: Line): Telling {
  const where = operation == null ? '' : ` at "${operation}"`
  return {
    text: `${failures[kind] ?? kind} failed${where}: ${why(code ?? null, status)}.`,
    code: code ?? null,
    tone: 'bad',
  }
}

const failures: Readonly<Record<string, string>> = {
  issue: 'A rotation',
  retire: 'Disabling a version',
  revoke: 'Deleting a key',
  prune: 'Deleting a version',
}

/** An action that failed has a line of its own. */
function undone({ asked = 'A run', code, refused, status }: Line): Telling | undefined {
  const word = code ?? refused ?? null
  if (word === null) return undefined
  return { text: `${runs[asked] ?? asked} ended early: ${why(word, status)}.`, code: word, tone: 'bad' }
}

function why(code: string | null, status: number | null | undefined): string {
  return `${(code ?? 'no reason given').replaceAll('-', ' ')}${status == null ? '' : `, Scaleway answered ${status}`}`
}

function refused({ refused: code }: Line): Telling {
  return { text: `The CRON did not rotate: ${(code ?? '').replaceAll('-', ' ')}.`, code: code ?? null }
}

const runs: Readonly<Record<string, string>> = {
  tend: 'An hourly run',
  rotate: 'A rotation',
  rollback: 'A rollback',
  revoke: 'A revoke',
}

/** How the page names an access key: by its end, as the time line does. */
export function short(accessKey: string): string {
  return `…${accessKey.slice(-4)}`
}
