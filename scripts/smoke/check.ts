import { type Call, type Caller, type Came, isFromFunction, isPassing } from '../deployment/call.ts'
import { isCodeWord } from '../deployment/code-word.ts'

/** One call with what must come of it. */
export interface Check {
  /** Who does what, as a sentence. */
  readonly title: string
  readonly call: Call
  /** What must come, in words. */
  readonly expected: string
  readonly holds: (came: Came) => boolean
}

/** Makes checks, prints a line for each and counts. */
export interface Checker {
  /** Gives what came, whether it was right or not. */
  mustWork(check: Check): Promise<Came>
  mustBeRefused(check: Check): Promise<Came>
  readonly counts: { readonly ok: number; readonly failed: number }
}

/** Takes how calls are sent and where lines go. No line holds a key or a body: only a status and a word of a closed list. */
export function createChecker({ send, print }: { send: Caller; print: (line: string) => void }): Checker {
  const counts = { ok: 0, failed: 0 }
  const check = async ({ title, call, expected, holds }: Check, isFinal: (came: Came) => boolean) => {
    const came = await send(call, isFinal)
    const isRight = holds(came)
    counts[isRight ? 'ok' : 'failed'] += 1
    print(isRight ? `ok    ${title}: ${inWords(came)}` : `FAIL  ${title}: expected ${expected}, came ${inWords(came)}`)
    return came
  }
  return {
    counts,
    // Fresh permissions take a while to spread (docs/scaleway.md#propagation): a function's 502 may be a passing one as
    // well.
    mustWork: wanted => check(wanted, came => wanted.holds(came) || (isFromFunction(came) && !isUpstream(came))),
    mustBeRefused: wanted => check(wanted, came => isFromFunction(came) || !isPassing(came)),
  }
}

function isUpstream({ status }: Came): boolean {
  return status === 502 || status === 504
}

function inWords({ status, body }: Came): string {
  const { error, rotated, reason } = body
  if (status === 0) return 'no answer'
  const word = [error, rotated === true ? 'rotated' : reason].find(isCodeWord)
  return word === undefined ? `HTTP ${status}` : `HTTP ${status} ${word}`
}
