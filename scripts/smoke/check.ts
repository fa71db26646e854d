import { type Answer, isCodeWord, isFromFunction, isTransient } from '../deployment/answer.ts'
import type { Attempt, Call, Caller } from '../deployment/call.ts'

/** One call and the answer that it must get. */
interface Check {
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
  readonly counts: { readonly ok: number; readonly failed: number }
}

/** Takes how calls are sent and where lines are printed. No line has a key or a body: only a status and a code. */
export function createChecker({ send, print }: { send: Caller; print: (line: string) => void }): Checker {
  const counts = { ok: 0, failed: 0 }
  const make = async ({ title, call, expected, holds, remedy }: Check, isFinal: (answer: Answer) => boolean) => {
    const answer = await send(call, isFinal)
    const isRight = holds(answer)
    counts[isRight ? 'ok' : 'failed'] += 1
    const got = inWords(answer)
    print(isRight ? `ok    ${title}: ${got}` : `FAIL  ${title}: expected ${expected}, got ${got}`)
    const advice = isRight ? undefined : remedy?.(answer)
    if (advice !== undefined) print(`      ${advice}`)
    return answer
  }
  return {
    counts,
    // Fresh permissions take a while to spread (docs/scaleway.md#propagation): a function's 502 may be transient as well.
    mustWork: check => make(check, answer => check.holds(answer) || (isFromFunction(answer) && !isUpstream(answer))),
    mustBeRefused: check => make(check, answer => isFromFunction(answer) || !isTransient(answer)),
  }
}

function isUpstream({ status }: Answer): boolean {
  return status === 502 || status === 504
}

function inWords({ status, body }: Answer): string {
  const { error, rotated, reason } = body
  if (status === 0) return 'no answer'
  const code = [error, rotated === true ? 'rotated' : reason].find(isCodeWord)
  return code === undefined ? `HTTP ${status}` : `HTTP ${status} ${code}`
}
