import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type FunctionSource, startFunction } from '../../test/fake-scaleway/functions/function-process.ts'
import { type Gateway, startGateway } from '../../test/fake-scaleway/functions/gateway.ts'
import type { FakeScaleway } from '../../test/fake-scaleway/index.ts'
import { buildFunctions, functionNames } from '../build/bundle.ts'
import type { Starting } from './command.ts'
import { type functionSettings, timeoutSeconds } from './settings.ts'

type Name = (typeof functionNames)[number]
type Zip = FunctionSource['zip']
type RunningFunctions = Record<Name, RunningFunction>

/** What both functions are started with. */
interface FunctionParts {
  readonly scaleway: FakeScaleway
  readonly settings: ReturnType<typeof functionSettings>
  /** The ports of the gateways; undefined takes a free one. */
  readonly ports: Readonly<Record<Name, number | undefined>>
  readonly starting: Pick<Starting, 'log' | 'atEnd'>
}

/** A running function: its gateway, and the process behind it. */
export interface RunningFunction extends Gateway {
  readonly pid: number
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
    const zip = (name: Name) => join(outputFolder, `${name}.zip`)
    return await startBuilt({ rotation: zip('rotation'), retrieval: zip('retrieval') }, parts)
  } finally {
    await rm(outputFolder, { recursive: true, force: true })
  }
}

/** Runs both functions from their zips, each in a process of its own behind a private gateway. */
export async function startBuilt(zips: Readonly<Record<Name, Zip>>, parts: FunctionParts): Promise<RunningFunctions> {
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
  { scaleway, settings, ports, starting }: FunctionParts,
): Promise<RunningFunction> {
  const log = (line: string) => starting.log(`${name.padEnd(9)}  ${line}`)
  const process = await startFunction({ zip, env: settings[name], log })
  starting.atEnd(process.stop)
  const gateway = await startGateway({
    functionUrl: process.url,
    privacy: 'private',
    authority: scaleway,
    projectId: scaleway.projectId,
    timeoutSeconds: timeoutSeconds[name],
    maxScale: maxScale[name],
    state: scaleway.state,
    ...portOption(ports[name]),
  })
  starting.atEnd(gateway.close)
  return { ...gateway, pid: process.pid }
}

function portOption(port: number | undefined) {
  return port === undefined ? {} : { port }
}
