import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FunctionSource, startFunction } from '../../test/fake-scaleway/functions/function-process.ts'
import type { Gate } from '../../test/fake-scaleway/functions/gate.ts'
import { type CallWatch, type Gateway, startGateway } from '../../test/fake-scaleway/functions/gateway.ts'
import type { FakeScaleway } from '../../test/fake-scaleway/index.ts'
import { buildFunctions, functionNames } from '../build/bundle.ts'
import type { Starting } from './command.ts'
import { type functionSettings, timeoutSeconds } from './settings.ts'

type Name = (typeof functionNames)[number]
type Zip = FunctionSource['zip']
/** The zips of both functions. */
export type BuiltZips = Readonly<Record<Name, Zip>>
type RunningFunctions = Record<Name, RunningFunction>

/** What both functions are started with. */
interface FunctionParts {
  readonly scaleway: FakeScaleway
  readonly settings: ReturnType<typeof functionSettings>
  /** The ports of the gateways; undefined takes a free one. */
  readonly ports: Readonly<Record<Name, number | undefined>>
  /** How headers get to both functions. What is left out is as with `plainGate`. */
  readonly gate?: Partial<Gate>
  /** What gets to know of the calls to each function. */
  readonly watch?: (name: Name) => CallWatch
  readonly starting: Pick<Starting, 'log' | 'atEnd'>
}

/** A running function: its gateway, and the process behind it. */
export interface RunningFunction extends Gateway {
  readonly pid: number
  /** Ends the process at once, in whatever it does. Calls are answered 503 until it is started again. */
  kill(): void
  /** Puts a new process behind the same address, with another environment if one is given, and ends the one before. */
  restart(env?: Readonly<Record<string, string>>): Promise<void>
}

// As in main.tf: rotations must not run concurrently, retrievals may.
const maxScale = { rotation: 1, retrieval: 20 } as const

/**
 * Builds both functions and runs each in a process of its own behind a private gateway.
 * `dist/` is not written: it has what Terraform deploys, and another start may be building at this moment.
 */
export async function startFunctions(parts: FunctionParts): Promise<RunningFunctions> {
  const outputFolder = await mkdtemp(join(tmpdir(), 'scaleway-build-'))
  try {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    await buildFunctions({ root, outputFolder })
    const zip = (name: Name) => readFile(join(outputFolder, `${name}.zip`))
    return await startBuilt({ rotation: await zip('rotation'), retrieval: await zip('retrieval') }, parts)
  } finally {
    await rm(outputFolder, { recursive: true, force: true })
  }
}

/** Runs both functions from their zips, each in a process of its own behind a private gateway. */
export async function startBuilt(zips: BuiltZips, parts: FunctionParts): Promise<RunningFunctions> {
  const starts = functionNames.map(async name => [name, await startOne(name, zips[name], parts)] as const)
  // If one fails, the other is still awaited: half started, it could not be stopped.
  await Promise.allSettled(starts)
  const { rotation, retrieval } = Object.fromEntries(await Promise.all(starts))
  if (rotation === undefined || retrieval === undefined) throw new Error('The build lacks a function.')
  return { rotation, retrieval }
}

async function startOne(
  name: Name,
  zip: Zip,
  { scaleway, settings, ports, gate, watch, starting }: FunctionParts,
): Promise<RunningFunction> {
  const log = (line: string) => starting.log(`${name.padEnd(9)}  ${line}`)
  let env: Readonly<Record<string, string>> = settings[name]
  let current = await startFunction({ zip, env, log })
  starting.atEnd(() => current.stop())
  const gateway = await startGateway({
    functionUrl: current.url,
    privacy: 'private',
    authority: scaleway,
    projectId: scaleway.projectId,
    timeoutSeconds: timeoutSeconds[name],
    maxScale: maxScale[name],
    gate,
    watch: watch?.(name),
    ...portOption(ports[name]),
  })
  starting.atEnd(gateway.close)
  return {
    ...gateway,
    get pid() {
      return current.pid
    },
    kill: () => void process.kill(current.pid, 'SIGKILL'),
    async restart(changed = env) {
      env = changed
      const before = current
      current = await startFunction({ zip, env, log })
      await gateway.replace({ functionUrl: current.url })
      await before.stop()
    },
  }
}

function portOption(port: number | undefined) {
  return port === undefined ? {} : { port }
}
