import { duration, wrongClockMs } from './timing.ts'

/** One call to Scaleway: its ends on the function's wall clock, and the `Date` that the answer carries. */
interface TimedCall {
  readonly sentMs: number
  readonly receivedMs: number
  readonly date: string | null
}

/**
 * Gives by how many milliseconds the function's clock is ahead of Scaleway's (negative: behind); 0 for less than
 * `wrongClockMs` in either direction. A call that took long, or an instance that was frozen meanwhile, does not count: the answer
 * was dated somewhere between the two ends. A date that is absent or unreadable says nothing. Pure.
 */
export function clockSkewOf({ sentMs, receivedMs, date }: TimedCall): number {
  const dateMs = readDate(date)
  if (dateMs === undefined) return 0
  if (sentMs - dateMs > wrongClockMs) return sentMs - dateMs
  return dateMs - receivedMs > wrongClockMs ? receivedMs - dateMs : 0
}

/** The one form that servers send (docs/scaleway.md#date-of-an-answer); `Date.parse` alone would read "0" as a year. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

function readDate(text: string | null): number | undefined {
  const ms = text !== null && httpDate.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

/** Says how far apart the clocks are, and what follows: a sentence without its full stop. Pure. */
export function skewSentence(skewMs: number): string {
  const apart = `${inWords(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'}`
  return `The function's clock is ${apart} Scaleway's, and no run changes anything until it is right`
}

function inWords(ms: number): string {
  const { minuteMs, hourMs, dayMs } = duration
  if (ms >= 2 * dayMs) return `${Math.round(ms / dayMs)} days`
  return ms >= 2 * hourMs ? `${Math.round(ms / hourMs)} hours` : `${Math.round(ms / minuteMs)} minutes`
}
