import type { Arguments } from '../../http/arguments.ts'
import { invalidArgument, notModelled } from '../../http/errors.ts'
import type { Readings } from '../../readings.ts'
import { givenSeconds, givenText, givenWord } from './arguments.ts'
import { noEnvironment, readEnvironment } from './environment.ts'
import { cpuLimitOf } from './memory-tiers.ts'
import type { FunctionSettings } from './records.ts'
import { changedRuntime, newRuntime } from './runtimes.ts'

// The API's own defaults; the provider sends its own explicitly (docs/scaleway.md#function-records).
const defaults: Omit<FunctionSettings, 'runtime'> = {
  description: '',
  tags: [],
  environment: noEnvironment,
  handler: 'handler.handle',
  privacy: 'public',
  minScale: 0,
  maxScale: 5,
  memoryLimitMegabytes: 256,
  timeoutSeconds: 300,
  httpOption: 'enabled',
  sandbox: 'v2',
}
const mostInstances = 50
const shortestSeconds = 10
const longestSeconds = 3_600

/** Reads the settings of a new function; what is not given has the API's default. Refuses with 400, or 501 for a private network. */
export function newSettings(body: Arguments, readings: Readings): FunctionSettings {
  const runtime = givenText(body, 'runtime')
  if (runtime === undefined) throw invalidArgument('runtime', 'required')
  return readSettings(body, { ...defaults, runtime: newRuntime(runtime) }, readings)
}

/** Reads a change of settings; what is not given stays. Refuses as above. */
export function changedSettings(body: Arguments, current: FunctionSettings, readings: Readings): FunctionSettings {
  const runtime = changedRuntime(givenText(body, 'runtime') ?? current.runtime, current.runtime)
  return readSettings(body, { ...current, runtime }, readings)
}

function readSettings(body: Arguments, current: FunctionSettings, readings: Readings): FunctionSettings {
  if (givenText(body, 'private_network_id') !== undefined) throw notModelled('functions in a private network')
  const settings: FunctionSettings = {
    runtime: current.runtime,
    description: body.text('description') ?? current.description,
    tags: body.texts('tags') ?? current.tags,
    environment: readEnvironment(body, current.environment, readings),
    handler: givenText(body, 'handler') ?? current.handler,
    privacy: givenWord(body, 'privacy', ['public', 'private']) ?? current.privacy,
    minScale: body.uint32('min_scale') ?? current.minScale,
    maxScale: body.uint32('max_scale') ?? current.maxScale,
    memoryLimitMegabytes: body.uint32('memory_limit') ?? current.memoryLimitMegabytes,
    timeoutSeconds: givenSeconds(body, 'timeout') ?? current.timeoutSeconds,
    httpOption: givenWord(body, 'http_option', ['enabled', 'redirected']) ?? current.httpOption,
    sandbox: givenWord(body, 'sandbox', ['v1', 'v2']) ?? current.sandbox,
  }
  checkLimits(settings)
  return settings
}

/** The limits: docs/scaleway.md#memory-and-cpu, #instances. */
function checkLimits({ minScale, maxScale, timeoutSeconds, memoryLimitMegabytes }: FunctionSettings): void {
  cpuLimitOf(memoryLimitMegabytes)
  if (maxScale < 1 || maxScale > mostInstances) {
    throw invalidArgument('max_scale', 'constraint', `must be between 1 and ${mostInstances}`)
  }
  if (minScale > maxScale) throw invalidArgument('min_scale', 'constraint', 'must not be above max_scale')
  if (timeoutSeconds < shortestSeconds || timeoutSeconds > longestSeconds) {
    throw invalidArgument('timeout', 'constraint', `must be between ${shortestSeconds} and ${longestSeconds} seconds`)
  }
}
