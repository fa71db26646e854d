import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What an application is started with. */
interface ApplicationParts {
  readonly env: Readonly<Record<string, string>>
  /** Gets its answer to a call: an HTTP status, or `no-answer`, and the revision that it holds. */
  readonly onCall: (outcome: string, revision: number) => void
  /** Gets each line that it writes for a person. */
  readonly onLine: (line: string) => void
}

/** An application that is running. */
export interface Application {
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const printed = /^node (\d+|no-answer) revision (\d+)$/

/**
 * Starts the Node example of examples/ as the application that uses a rotated key, in a process of its own. Resolves once it
 * has said its first word: that it holds a key, or why not.
 */
export async function startApplication({ env, onCall, onLine }: ApplicationParts): Promise<Application> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/node/app.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let isStopping = false
  void exited.then(() => isStopping || onLine('It has ended.'))
  createInterface({ input: child.stdout }).on('line', line => {
    const [, outcome, revision] = printed.exec(line) ?? []
    if (outcome !== undefined) onCall(outcome, Number(revision))
  })
  const lines = createInterface({ input: child.stderr }).on('line', onLine)
  await Promise.race([once(lines, 'line'), exited])
  return {
    async stop() {
      isStopping = true
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await exited
    },
  }
}
