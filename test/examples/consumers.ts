import { spawnSync } from 'node:child_process'
import { delimiter } from 'node:path'
import { vi } from 'vitest'
import { run } from '../support/command.ts'
import type { AtEnd } from './stack.ts'

/** An example that a person can start. */
interface Consumer {
  readonly name: string
  readonly command: readonly string[]
  /** The command that this machine lacks to run it. */
  readonly lacks?: string
  /** The shell counts in whole seconds. */
  readonly refreshSeconds: string
}

const all: readonly Consumer[] = [
  { name: 'node', command: [process.execPath, '--import', 'tsx', 'examples/node/app.ts'], refreshSeconds: '0.3' },
  { name: 'python', command: ['python3', 'examples/python/app.py'], refreshSeconds: '0.3', ...needs('python3') },
  { name: 'shell', command: ['sh', 'examples/shell/app.sh'], refreshSeconds: '1', ...needs('curl') },
]

/** Those of the three consumers that can run here; stderr names the others once. */
export const consumers = all.filter(({ name, lacks }) => {
  if (lacks !== undefined) process.stderr.write(`The example ${name} is not tested: there is no ${lacks} here.\n`)
  return lacks === undefined
})

/** Names the command if it is missing. */
function needs(command: string): { readonly lacks?: string } {
  return spawnSync(command, ['--version']).status === 0 ? {} : { lacks: command }
}

/**
 * Waits until a condition holds. The limit is long because the machine may be busy; usually it takes a second or two.
 * (`expect.poll` cannot identify its test among concurrent ones.)
 */
export async function until(holds: () => boolean, message: string): Promise<void> {
  await vi.waitUntil(holds, { timeout: 40_000, interval: 20 }).catch(() => {
    throw new Error(`did not happen in time: ${message}`)
  })
}

/** Starts an example with short intervals. Takes its settings; ends the example with the test. */
export function startConsumer(consumer: Consumer, settings: Record<string, string>, atEnd: AtEnd) {
  const started = run(consumer.command, {
    REFRESH_SECONDS: consumer.refreshSeconds,
    CALL_SECONDS: '0.1',
    START_SECONDS: '60',
    TIMEOUT_SECONDS: '20',
    PYTHONDONTWRITEBYTECODE: '1',
    no_proxy: '*',
    PATH: [settings.FIRST_ON_PATH, process.env.PATH].filter(Boolean).join(delimiter),
    ...settings,
  })
  atEnd(started.end)
  const calls = () => started.stdout().replaceAll(`${consumer.name} `, '').split('\n').slice(0, -1)
  return {
    ...started,
    /** What the application has seen, a line for each call, without its name. */
    calls,
    sees: (line: string) => until(() => calls().at(-1) === line, `${consumer.name} sees "${line}"`),
    says: (text: string) => until(() => started.stderr().includes(text), `${consumer.name} says "${text}"`),
    /** Waits for more calls. */
    async keepsCalling(count = 3) {
      const before = calls().length
      await until(() => calls().length >= before + count, `${consumer.name} makes more calls`)
    },
  }
}
