import { type Clock, startCountdown, startStopwatch, type TimeLeft } from './clock.ts'
import type { KeyConfig } from './config.ts'
import { inParallel } from './in-parallel.ts'
import type { RunRequest } from './plan/situation.ts'
import { callLimitMs, duration, issueNeedsMs } from './plan/timing.ts'
import { rankOf } from './plan/urgency.ts'
import type { BegunRun } from './reconcile/reconcile.ts'
import type { RunResult } from './reconcile/result.ts'
import type { RunParts } from './reconcile/run-parts.ts'
import type { RotatedKey } from './rotated-key.ts'

/** One key's part of a run: how it ended, or what was thrown by a fault of our own. */
export type EndedKeyRun = { readonly key: KeyConfig } & (
  | { readonly result: RunResult; readonly fault?: undefined }
  | { readonly result?: undefined; readonly fault: unknown }
)

/** What names and bounds a run over keys. */
interface RunKeysParts extends Pick<RunParts, 'runId' | 'timeLeft'> {
  readonly clock: Clock
  /** Gives what is called with the events of one key. */
  readonly reportOf: (key: KeyConfig) => RunParts['report']
}

/** How many keys are worked on at once. */
export const keysAtOnce = 8

/** The longest that one of several keys is worked on: an issue, and another look before it. */
const turnLimitMs = issueNeedsMs + 2 * callLimitMs

/**
 * Runs over several keys as if each had a function of its own: looks at all of them, then works on those where something is
 * due, the most urgent first, and among them those whose look was answered fastest, so that slow ones hold up nobody. What
 * befalls one key, a fault of ours included, changes nothing for the others. A revoke works on all at once: it waits. Gives the
 * runs in the order of the keys.
 */
export async function runKeys(
  keys: readonly RotatedKey[],
  request: RunRequest,
  parts: RunKeysParts,
): Promise<EndedKeyRun[]> {
  const atOnce = request.action === 'revoke' ? keys.length : keysAtOnce
  const limitMs = keys.length === 1 || request.action === 'revoke' ? Number.POSITIVE_INFINITY : turnLimitMs
  const looks = await inParallel(fairly(keys, parts.clock), atOnce, key => look(key, request, { ...parts, limitMs }))
  const ended = await inParallel(byUrgency(looks), atOnce, endRun)
  return keys.flatMap(({ config }) => ended.filter(({ key }) => key === config))
}

async function endRun({ key, end }: Look): Promise<EndedKeyRun> {
  try {
    return { key, result: await end() }
  } catch (fault) {
    return { key, fault }
  }
}

/** A key that was looked at: its rank and speed decide when its turn comes. */
interface Look {
  readonly key: KeyConfig
  readonly rank: number
  readonly tookMs: number
  readonly end: BegunRun['end']
}

async function look(
  { config: key, begin }: RotatedKey,
  request: RunRequest,
  { clock, timeLeft, runId, reportOf, limitMs }: RunKeysParts & { limitMs: number },
): Promise<Look> {
  const tookMs = startStopwatch(clock)
  let turnLeft: TimeLeft = () => limitMs
  const bounded = () => Math.min(timeLeft(), turnLeft())
  try {
    const { first, end } = await begin(request, { runId, timeLeft: bounded, report: reportOf(key) })
    const endInTurn = () => {
      turnLeft = startCountdown(clock, limitMs)
      return end()
    }
    return { key, rank: first === undefined ? notDue : rankOf(first), tookMs: tookMs(), end: endInTurn }
  } catch (fault) {
    return { key, rank: notDue, tookMs: tookMs(), end: () => Promise.reject(fault) }
  }
}

const notDue = Number.POSITIVE_INFINITY

function byUrgency(looks: readonly Look[]): Look[] {
  return looks.toSorted((a, b) => (a.rank === b.rank ? a.tookMs - b.tookMs : a.rank - b.rank))
}

/** Another key is looked at first each hour: if time runs out, it is not always for the same ones. */
function fairly(keys: readonly RotatedKey[], clock: Clock): RotatedKey[] {
  const first = Math.floor(clock.now().wallMs / duration.hourMs) % keys.length
  return [...keys.slice(first), ...keys.slice(0, first)]
}
