import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline/promises'
import { runCommand } from './cli/run-command.ts'
import { systemClock } from './probe/clock.ts'
import { usualLimits } from './probe/limits.ts'
import { probeHelp, readProbeOptions } from './probe/options.ts'
import { probe } from './probe/probe.ts'
import { twoStops } from './probe/stops.ts'

await runCommand({
  help: probeHelp,
  readOptions: readProbeOptions,
  run: options =>
    probe(options, {
      env: process.env,
      clock: systemClock,
      limits: usualLimits,
      prefix: `probe-${randomBytes(4).toString('hex')}`,
      stops: twoStops(),
      print: line => console.log(line),
      say: line => console.error(line),
      ask: process.stdin.isTTY && process.stderr.isTTY ? ask : undefined,
    }),
})

async function ask(question: string, stop: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // A terminal in this mode gives Ctrl-C to the reader instead of the process.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return await terminal.question(question, { signal: stop })
  } catch {
    return ''
  } finally {
    terminal.close()
  }
}
