/** Gives out a bounded number of turns. */
interface Turns {
  /** Does the work in a turn and gives its outcome. When all are held, it waits in line for one, or gives `none-free`. */
  take<Outcome>(work: () => Promise<Outcome>, whenNoneIsFree: 'wait' | 'give-up'): Promise<Outcome | 'none-free'>
}

/**
 * Takes how many turns may be held at once: a function's `max_scale`, because an instance serves one request at a
 * time and requests beyond the last instance wait or are refused (docs/scaleway.md#instances).
 */
export function createTurns(most: number): Turns {
  const waiting: (() => void)[] = []
  let held = 0
  const acquire = async () => {
    if (held < most) held += 1
    else await new Promise<void>(resolve => waiting.push(resolve))
  }
  // A turn that other work waits for is handed over, not given back: no later work can take it in between.
  const release = () => {
    const next = waiting.shift()
    if (next === undefined) held -= 1
    else next()
  }
  return {
    async take(work, whenNoneIsFree) {
      if (held >= most && whenNoneIsFree === 'give-up') return 'none-free'
      await acquire()
      try {
        return await work()
      } finally {
        release()
      }
    },
  }
}
