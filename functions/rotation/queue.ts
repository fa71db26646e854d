/** Runs work one after the other, in the order of asking. */
type Queue = <Result>(work: () => Promise<Result>) => Promise<Result>

/**
 * Makes a queue of one: an instance runs one rotation at a time. The platform sends an instance one request at a time
 * anyway (docs/scaleway.md#instances), other hosts do not.
 */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return work => {
    const turn = last.then(work, work)
    last = turn.catch(() => undefined)
    return turn
  }
}
