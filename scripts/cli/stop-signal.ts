/**
 * Gives a signal that is aborted when this process is to end: on SIGINT, SIGTERM and SIGHUP, when its output is no longer read,
 * and when its parent process has ended.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController()
  const end = () => stop.abort()
  // Repeated signals are ignored: a terminal and npm may both deliver the same Ctrl-C.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  for (const output of [process.stdout, process.stderr]) output.on('error', end)
  whenParentEnds(end)
  return stop.signal
}

/** No event reports the end of a parent, but its children then get another parent. */
function whenParentEnds(end: () => void): void {
  const parent = process.ppid
  const everySecond = 1_000
  setInterval(() => {
    if (process.ppid !== parent) end()
  }, everySecond).unref()
}
