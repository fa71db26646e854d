import { type Answer, isCodeWord, isFromFunction, isTransient } from '../deployment/answer.ts'
import type { Attempt, Call, Caller } from '../deployment/call.ts'

/** One call and the answer that it must get. */
export interface Check {
  /** Who does what, as a sentence. */
  readonly title: string
  readonly call: Call | Attempt
  /** The expected answer, in words. */
  readonly expected: string
  readonly holds: (answer: Answer) => boolean
  /** What to do about an answer that is not the expected one, as a sentence; undefined where nothing is known. */
  readonly remedy?: (answer: Answer) => string | undefined
}

/** Makes checks, prints a line for each and counts them. */
export interface Checker {
  /** Gives the answer, expected or not. */
  mustWork(check: Check): Promise<Answer>
  mustBeRefused(check: Check): Promise<Answer>
  /** Calls some at a time, and prints the lines in the order of the checks. */
  mustAllBeRefused(checks: readonly Check[]): Promise<void>
  /** Takes what was looked at otherwise than by a call: what holds, and each thing that contradicts it, with a remedy. */
  found(title: string, differences: readonly { readonly what: string; readonly remedy: string }[]): void
  /** Says what could not be looked at; that is no failure. */
  skipped(what: string): void
  readonly counts: { readonly ok: number; readonly failed: number }
}

// Each call at a time needs an instance of its own (docs/scaleway.md#instances), and a cold one takes longer than it saves.
const callsAtOnce = 4

/** Takes how calls are sent and where lines are printed. No line has a key or a body: only a status and a code. */
export function createChecker({ send, print }: { send: Caller; print: (line: string) => void }): Checker {
  const counts = { ok: 0, failed: 0 }
  const count = (isRight: boolean) => {
    counts[isRight ? 'ok' : 'failed'] += 1
  }
  const judge = ({ title, expected, holds, remedy }: Check, answer: Answer) => {
    const isRight = holds(answer)
    count(isRight)
    const got = inWords(answer)
    print(isRight ? `ok    ${title}: ${got}` : `FAIL  ${title}: expected ${expected}, got ${got}`)
    const advice = isRight ? undefined : remedy?.(answer)
    if (advice !== undefined) print(`      ${advice}`)
    return answer
  }
  const refused = ({ call }: Check) => send(call, answer => isFromFunction(answer) || !isTransient(answer))
  return {
    counts,
    // Fresh permissions and versions take a while to show (docs/scaleway.md#propagation): a function's own refusal may pass.
    mustWork: async check => {
      const isFinal = (answer: Answer) => check.holds(answer) || (isFromFunction(answer) && !isLate(answer))
      return judge(check, await send(check.call, isFinal))
    },
    mustBeRefused: async check => judge(check, await refused(check)),
    found: (title, differences) => {
      if (differences.length === 0) {
        count(true)
        print(`ok    ${title}`)
      }
      for (const { what, remedy } of differences) {
        count(false)
        print(`FAIL  ${what}`)
        print(`      ${remedy}`)
      }
    },
    skipped: what => print(`skip  ${what}`),
    mustAllBeRefused: async checks => {
      for (let first = 0; first < checks.length; first += callsAtOnce) {
        const group = checks.slice(first, first + callsAtOnce)
        const answered = await Promise.all(group.map(async check => ({ check, answer: await refused(check) })))
        for (const { check, answer } of answered) judge(check, answer)
      }
    },
  }
}

function isLate({ status, body }: Answer): boolean {
  return status === 502 || status === 504 || body.error === 'no-key-yet'
}

function inWords({ status, body }: Answer): string {
  const { error, rotated, reason } = body
  if (status === 0) return 'no answer'
  const code = [error, rotated === true ? 'rotated' : reason].find(isCodeWord)
  return code === undefined ? `HTTP ${status}` : `HTTP ${status} ${code}`
}
