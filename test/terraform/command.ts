import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { terraformEnv } from './environment.ts'

/** What a command did: its exit code and all that it wrote. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs Terraform in a folder to its end; a command that fails is no error here. Without Terraform the code is null. */
export async function terraform(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return runToEnd('terraform', args, { folder, env: terraformEnv(folder, env) })
}

/** Runs any command to its end, with nothing on its input. The signal interrupts it as Ctrl-C does. */
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

/** The same, but a failure is an Error with everything that Terraform wrote. */
export async function mustSucceed(running: Promise<Ran>): Promise<Ran> {
  const ran = await running
  if (ran.code !== 0) throw new Error(`Terraform ended with ${ran.code}:\n${ran.stdout}\n${ran.stderr}`)
  return ran
}
