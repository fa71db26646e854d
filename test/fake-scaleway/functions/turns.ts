/** Gives out a bounded number of turns. */
interface Turns {
  /** Waits for a turn, does the work in it and gives the work's outcome. */
  take<Outcome>(work: () => Promise<Outcome>): Promise<Outcome>
  /** The same without waiting: `none-free` when all are held. */
  takeFree<Outcome>(work: () => Promise<Outcome>): Promise<Outcome | 'none-free'>
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
  const take = async <Outcome>(work: () => Promise<Outcome>): Promise<Outcome> => {
    await acquire()
    try {
      return await work()
    } finally {
      release()
    }
  }
  return { take, takeFree: async work => (held < most ? take(work) : 'none-free') }
}
