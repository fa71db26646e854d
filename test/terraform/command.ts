import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { terraformEnv } from './environment.ts'

/** The result of a command: its exit code and all its output. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs Terraform in a folder to its end; a command that fails does not throw here. Without Terraform the code is null. */
export async function terraform(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return runToEnd('terraform', args, { folder, env: terraformEnv(folder, env) })
}

/** Runs any command to its end, with empty input. The signal interrupts it as Ctrl-C does. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  { folder, env, signal }: { folder: string; env: NodeJS.ProcessEnv; signal?: AbortSignal | undefined },
): Promise<Ran> {
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  signal?.addEventListener('abort', () => child.kill('SIGINT'), { once: true })
  const closed = once(child, 'close').then(
    ([code]) => (typeof code === 'number' ? code : null),
    () => null,
  )
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}

/** The same, but a failure is an Error with all output of Terraform. */
export async function mustSucceed(running: Promise<Ran>): Promise<Ran> {
  const ran = await running
  if (ran.code !== 0) throw new Error(`Terraform ended with ${ran.code}:\n${ran.stdout}\n${ran.stderr}`)
  return ran
}
