import type { FaultKind } from './faults.ts'
import type { HttpAnswer } from './http/wire.ts'
import type { Performed } from './perform.ts'

/** One handled request. No headers, no query, no bodies: nothing in it can be a secret. */
interface LogEntry {
  readonly at: Date
  /** `unknown` for a route that does not exist. */
  readonly operation: string
  readonly method: string
  readonly path: string
  /** What the local Scaleway really answered, also if a fault hid it; undefined when it did not get that far. */
  readonly status: number | undefined
  /** Application or user id of an authenticated caller. */
  readonly bearerId: string | undefined
  /** The injected fault that the request met. */
  readonly fault?: FaultKind
}

const MAX_ENTRIES = 50_000

/** Every request handled, in order of arrival; the oldest are dropped when there are more than 50,000. */
export class RequestLog {
  #entries: LogEntry[] = []

  get entries(): readonly LogEntry[] {
    return this.#entries
  }

  /** The requests without a route. */
  unknown(): readonly LogEntry[] {
    return this.#entries.filter(({ operation }) => operation === 'unknown')
  }

  /** Logs the arrival; the function that it gives completes the entry and passes the answer on. */
  begin(arrival: Omit<LogEntry, 'status' | 'bearerId'>): (performed: Performed) => HttpAnswer {
    const entry: { -readonly [Field in keyof LogEntry]: LogEntry[Field] } = {
      ...arrival,
      status: undefined,
      bearerId: undefined,
    }
    if (this.#entries.length >= MAX_ENTRIES) this.#entries = this.#entries.slice(MAX_ENTRIES / 2)
    this.#entries.push(entry)
    return ({ answer, bearerId }) => {
      entry.status = answer.status
      entry.bearerId = bearerId
      return answer
    }
  }

  clear(): void {
    this.#entries = []
  }
}
