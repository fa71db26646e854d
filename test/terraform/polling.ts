import { setTimeout as pause } from 'node:timers/promises'

/** What many calls in a row were answered: how often each, and how often in all. */
export interface Polled {
  readonly answers: ReadonlyMap<string, number>
  readonly calls: number
}

/** Asks one question again and again, until it is stopped. */
export interface Polling {
  /** Resolves when so many more answers have come. */
  more(answers: number): Promise<void>
  stop(): Promise<Polled>
}

/** Starts to ask, 20 times a second at most. An answer that does not come is an answer too. */
export function poll(ask: () => Promise<string>): Polling {
  const answers = new Map<string, number>()
  let calls = 0
  let isStopped = false
  const asking = (async () => {
    while (!isStopped) {
      const answer = await ask().catch(error => String(error))
      answers.set(answer, (answers.get(answer) ?? 0) + 1)
      calls += 1
      await pause(50)
    }
  })()
  return {
    more: async wanted => {
      const target = calls + wanted
      while (calls < target) await pause(20)
    },
    stop: async () => {
      isStopped = true
      await asking
      return { answers, calls }
    },
  }
}
