import type { Echo } from './echo/echo.ts'
import type { Stage } from './stage.ts'

/** What a fact turned out to be. Both texts are printed: neither may hold an id, an address or a value. */
export interface Finding {
  /** One of the readings of docs/real-account.md, or what was seen instead. */
  readonly reading: string
  readonly detail: string
}

/** What a fact is settled with. */
export interface Parts {
  readonly stage: Stage
  /** Deploys the probe's function, once for all facts. */
  echo(): Promise<Echo>
}

/** An open fact of the platform. */
export interface Fact {
  readonly name: string
  /** Completes "It is open …". */
  readonly title: string
  /** True when the probe's function must be deployed for it. */
  readonly needsFunction: boolean
  /** Throws an `UnclearError` or an `ApiError` when it cannot be settled. */
  readonly settle: (parts: Parts) => Promise<Finding>
}

/** Gives a length of time as it is printed: with one decimal where that says more. */
export function seconds(milliseconds: number): string {
  const exact = milliseconds / 1000
  return `${exact < 10 ? Math.round(exact * 10) / 10 : Math.round(exact)} s`
}
