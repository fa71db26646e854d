import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { groupEnded } from './processes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A command that was started as a person would start it, in a process group of its own, and its output so far. */
export interface RunningCommand {
  /** Also the id of the group. */
  readonly pid: number
  readonly exitCode: Promise<number | null>
  stdout(): string
  stderr(): string
  /** Waits until stdout holds the text. Fails, with the whole output, when the command ends before. */
  prints(text: string): Promise<void>
  closeInput(): void
  /** Signals the whole group, as a terminal does. */
  interrupt(): void
  /** Signals the command alone, as a supervisor does. */
  terminate(): void
  /** Kills the command alone, which cannot clean up then. */
  kill(): void
  /** Kills what still runs of the group. */
  end(): Promise<void>
}

/** Starts a script of `scripts/` under tsx, without npm around it. */
export function runScript(script: string, ...args: string[]): RunningCommand {
  return run(scriptCommand(script, ...args))
}

/** The command line of a script of `scripts/`. */
export function scriptCommand(script: string, ...args: string[]): string[] {
  return [process.execPath, '--import', 'tsx', `scripts/${script}.ts`, ...args]
}

/** Starts any command in the project's folder, with variables added to those of the tests. */
export function run([command = '', ...args]: readonly string[], env: Record<string, string> = {}): RunningCommand {
  const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, detached: true, stdio: 'pipe' })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', text => {
      written[name] += text
    })
  }
  const exitCode = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null))
  const pid = child.pid ?? 0
  return {
    pid,
    exitCode,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    async prints(text) {
      let over = false
      while (!written.stdout.includes(text)) {
        if (over) throw new Error(`The command did not print "${text}":\n${written.stdout}${written.stderr}`)
        const more = once(child.stdout, 'data').then(() => false)
        over = await Promise.race([more, exitCode.then(() => true)])
      }
    },
    closeInput: () => child.stdin.end(),
    interrupt: () => void process.kill(-pid, 'SIGINT'),
    terminate: () => void process.kill(pid, 'SIGTERM'),
    kill: () => void process.kill(pid, 'SIGKILL'),
    async end() {
      try {
        process.kill(-pid, 'SIGKILL')
      } catch {
        // The group is empty, as it should be.
      }
      await groupEnded(pid)
    },
  }
}
