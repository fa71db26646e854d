import type { Sleep } from '../sleep.ts'
import type { State } from '../state.ts'

// Without a request for so long, the last instance is removed (docs/scaleway.md#instances).
const coldAfterMilliseconds = 15 * 60_000
/** Beyond what starting a process here takes, which stands for the 1 s. */
const startMilliseconds = { '1-s': 0, '20-s': 20_000, '60-s': 60_000 } as const

/** The instances of one deployment of a function, cold until the first call and after 15 minutes without one. */
export function createWarmth({ readings, clock }: Pick<State, 'readings' | 'clock'>, sleep: Sleep) {
  let lastAtMilliseconds = Number.NEGATIVE_INFINITY
  let starting: Promise<void> | undefined
  const start = async () => {
    const milliseconds = startMilliseconds[readings.coldStart]
    if (milliseconds > 0) await sleep(milliseconds)
    starting = undefined
  }
  return {
    /** Does the work of a call once there is an instance; calls that come while one starts wait for it together. */
    async warm<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
      const isCold = clock.now().getTime() - lastAtMilliseconds >= coldAfterMilliseconds
      if (isCold && starting === undefined) starting = start()
      lastAtMilliseconds = clock.now().getTime()
      await starting
      try {
        return await work()
      } finally {
        lastAtMilliseconds = clock.now().getTime()
      }
    },
  }
}
