/** Captures what this process writes to standard output and error while `run` runs; it is still written there. */
export async function withOutput<Result>(run: () => Promise<Result>): Promise<{ result: Result; output: string }> {
  const written: string[] = []
  const restore = [process.stdout, process.stderr].map(stream => {
    const { write } = stream
    stream.write = new Proxy(write, {
      apply(target, self, given) {
        written.push(typeof given[0] === 'string' ? given[0] : Buffer.from(given[0]).toString('utf8'))
        return Reflect.apply(target, self, given)
      },
    })
    return () => {
      stream.write = write
    }
  })
  try {
    return { result: await run(), output: written.join('') }
  } finally {
    for (const back of restore) back()
  }
}
