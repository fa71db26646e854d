import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { unpack } from './unpack.ts'

/** What a function runs from. */
export interface FunctionSource {
  /** The zip to run: its bytes, or the path of the file. */
  readonly zip: string | Uint8Array
  /** `<file without .js>.<export>`, relative to the zip's root (docs/scaleway.md#handlers). */
  readonly handler?: string
  /** The whole environment of the process: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  /** The Node to run it under; when left out the one of `FUNCTION_NODE_PATH`, or else the running one. */
  readonly nodePath?: string
  /** Gets each line that the function writes to stdout or stderr. */
  readonly log?: (line: string) => void
}

/** How a process ended: an exit code, or the signal that ended it. */
interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A function that runs in a process of its own and listens on loopback, open to every caller that knows the port. */
export interface FunctionProcess {
  readonly url: string
  readonly pid: number
  readonly exited: Promise<Exit>
  /** The lines written so far. */
  output(): string[]
  /** Ends the process and removes its files; a second call does nothing. */
  stop(): Promise<void>
}

/** A handler that does not load, or a process that ends before it listens. */
export class FunctionStartError extends Error {
  override readonly name = 'FunctionStartError'
}

const hostPath = fileURLToPath(new URL('./host.mjs', import.meta.url))
// CI runs the built functions once more under the Node that the platform has.
const defaultNodePath = process.env.FUNCTION_NODE_PATH ?? process.execPath
const stopGraceMilliseconds = 2_000
// The platform waits about 10 s for a handler to come up (docs/scaleway.md#handlers), on a machine that is less busy.
const startLimitMilliseconds = 30_000

const hostMessage = v.object({
  failed: v.optional(v.string()),
  listening: v.optional(v.object({ address: v.string(), port: v.number() })),
})

/**
 * Unpacks a function's zip and runs it in its own Node process under Scaleway's local host, on a free loopback port.
 * The process ends with the one that started it, however that one ends.
 * @throws {FunctionStartError} when the handler cannot be loaded; nothing is left behind then
 */
export async function startFunction(source: FunctionSource): Promise<FunctionProcess> {
  const folder = await unpack(source.zip)
  const child = forkHost(source, folder)
  const exited = new Promise<Exit>(resolve => child.once('exit', (code, signal) => resolve({ code, signal })))
  const stop = async () => {
    await end(child, exited)
    await rm(folder, { recursive: true, force: true })
  }
  const output = collectLines(child, source.log)
  try {
    const url = await listeningUrl(child, exited)
    return { url, pid: child.pid ?? 0, exited, output: () => [...output], stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function forkHost({ handler = 'handler.handle', env, nodePath = defaultNodePath }: FunctionSource, folder: string) {
  const dot = handler.lastIndexOf('.')
  const file = join(folder, `${handler.slice(0, dot)}.js`)
  return fork(hostPath, [file, handler.slice(dot + 1), folder], {
    cwd: folder,
    env: { ...env },
    execPath: nodePath,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}

function collectLines(child: ChildProcess, log: (line: string) => void = () => undefined): string[] {
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface({ input: stream }).on('line', line => {
      // The local host's own greeting: its address is behind the gateway and of no use to callers.
      if (line.startsWith('Server listening at ')) return
      lines.push(line)
      log(line)
    })
  }
  return lines
}

async function listeningUrl(child: ChildProcess, exited: Promise<Exit>): Promise<string> {
  const unstartable = once(child, 'error').then(([error]) => failure(String(error)))
  const ended = exited.then(({ code, signal }) => failure(`it ended before it listened (${signal ?? `code ${code}`})`))
  const tooSlow = new Promise(resolve => {
    const limit = setTimeout(() => resolve(failure('it did not listen in time')), startLimitMilliseconds)
    limit.unref()
  })
  const message = await Promise.race([once(child, 'message').then(([first]) => first), ended, unstartable, tooSlow])
  if (message instanceof Error) throw message
  const { failed, listening } = v.parse(hostMessage, message)
  if (listening === undefined) throw failure(failed ?? 'no reason given')
  const host = listening.address.includes(':') ? `[${listening.address}]` : listening.address
  return `http://${host}:${listening.port}`
}

function failure(why: string): FunctionStartError {
  return new FunctionStartError(`The function did not start: ${why}`)
}

async function end(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const impatient = setTimeout(() => child.kill('SIGKILL'), stopGraceMilliseconds)
  await exited
  clearTimeout(impatient)
}
