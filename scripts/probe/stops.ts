/** Two signals: the first ends the facts and begins the removal, the second ends the removal too. */
export interface Stops {
  readonly stop: AbortSignal
  readonly giveUp: AbortSignal
}

/** The reason that the facts end with. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError'
}

// A terminal and npm may both deliver the same Ctrl-C.
const sameKeyMs = 700

/** Listens to Ctrl-C, to what ends a process politely, and to the end of whoever reads its output. */
export function twoStops(): Stops {
  const stop = new AbortController()
  const giveUp = new AbortController()
  let firstMs: number | undefined
  const end = () => {
    firstMs ??= performance.now()
    if (!stop.signal.aborted) stop.abort(new StoppedError('stopped'))
    else if (performance.now() - firstMs > sameKeyMs) giveUp.abort(new StoppedError('stopped twice'))
  }
  // Output that is no longer read must not end the process before everything is removed.
  for (const output of [process.stdout, process.stderr]) output.on('error', end)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  return { stop: stop.signal, giveUp: giveUp.signal }
}
