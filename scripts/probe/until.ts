import type { Clock } from './clock.ts'

/** What a wait needs: the time, what ends it early, and where it says what it waits for. */
export interface Patience {
  readonly clock: Clock
  readonly stop: AbortSignal
  readonly say: (line: string) => void
}

/** One wait. */
interface Wait {
  /** Completes the sentence "Waiting for …". */
  readonly what: string
  readonly limitMs: number
  readonly everyMs: number
}

/**
 * Tries again and again until there is a value; gives undefined when the limit is over.
 * @throws the signal's reason once it aborts
 */
export async function until<Value>(
  { clock, stop, say }: Patience,
  { what, limitMs, everyMs }: Wait,
  attempt: () => Promise<Value | undefined>,
): Promise<Value | undefined> {
  const endMs = clock.now().getTime() + limitMs
  let isSaid = false
  for (;;) {
    stop.throwIfAborted()
    const value = await attempt()
    if (value !== undefined) return value
    const leftMs = endMs - clock.now().getTime()
    if (leftMs <= 0) return undefined
    if (!isSaid) say(`  Waiting for ${what}, ${Math.ceil(leftMs / 1000)} s at most.`)
    isSaid = true
    await clock.wait(Math.min(everyMs, leftMs), stop)
  }
}
