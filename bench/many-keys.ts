import { readFileSync } from 'node:fs'
import { createIdentities, identityVariables } from '../scripts/local/identities.ts'
import { createScaleway, serve } from '../test/fake-scaleway/index.ts'
import { built } from '../test/support/built.ts'
import { startFunction } from '../test/support/function-process.ts'
import { rotationEnv } from '../test/support/rotation.ts'
import { table } from './figures.ts'

/** How long each call to the local Scaleway takes, in milliseconds: about what the real one does from a function. */
const callMs = 80

/** The calls of `prove`, and one to the rotator's own key. */
const polls = ['iam.getApiKey', 'secrets.getSecret']

/** What the code alone decides: one more is a defect. */
const limits = { callsPerTickedKey: 2, callsPerRotatedKey: 8 }
/** What a busy machine may miss: it is said, and fails nothing. */
const goals = { tickSeconds: 4, rotationSeconds: 25, memoryMb: 140 }

/** What was measured of a deployment with so many keys. */
interface Measured {
  readonly keys: number
  readonly tick: Timed
  /** The same, and afterwards the look at the keys of the deployment's own applications: one call for each of them. */
  readonly watchfulTick: Timed
  readonly rotation: Timed
  /** The most memory that the process of the function held, its local host included; undefined without /proc. */
  readonly memoryMb: number | undefined
}

/** One request: how long it took, and the calls to Scaleway about keys, those of `prove` apart. */
interface Timed {
  readonly seconds: number
  readonly calls: number
}

/** Runs the built function over so many keys: the first keys, an hourly run in which nothing is due, a rotation of all. */
async function measure(keys: number): Promise<Measured> {
  const cloud = createScaleway({ apiKeyQuota: 500 })
  const ids = createIdentities(cloud, keys === 1 ? undefined : Array.from({ length: keys }, (_, key) => `key-${key}`))
  const server = await serve(cloud)
  const env = { ...rotationEnv(cloud, ids, { apiUrl: server.url }), LOG_LEVEL: 'error' }
  const { zip } = await built('rotation')
  const [run, watchful] = [
    await startFunction({ zip, env }),
    await startFunction({ zip, env: { ...env, ...identityVariables(ids) } }),
  ]
  const post = async ({ url }: { url: string }, body: object): Promise<Timed> => {
    const before = cloud.log.entries.length
    const startedMs = performance.now()
    const headers = { 'X-Auth-Token': ids.operator.secretKey }
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`The function answered ${answer.status}.`)
    const seconds = (performance.now() - startedMs) / 1000
    const calls = cloud.log.entries.slice(before).filter(({ operation }) => !polls.includes(operation))
    return { seconds, calls: calls.length }
  }
  const hourly = { action: 'tend' }
  try {
    await post(run, hourly)
    cloud.faults.add({ times: Number.POSITIVE_INFINITY, fault: { kind: 'delay', milliseconds: callMs } })
    const tick = await post(run, hourly)
    const watchfulTick = await post(watchful, hourly)
    const rotation = await post(run, { action: 'rotate', force: true, keys: ids.keys.map(({ name }) => name) })
    return { keys, tick, watchfulTick, rotation, memoryMb: mostMemoryMb(run.pid) }
  } finally {
    await Promise.all([run.stop(), watchful.stop()])
    await server.close()
  }
}

function mostMemoryMb(pid: number): number | undefined {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) / 1024
  } catch {
    return undefined
  }
}

/** What a measurement misses of these. */
function missed({ keys, tick, rotation, memoryMb = 0 }: Measured, bounds: Readonly<Record<string, number>>): string[] {
  const found = {
    tickSeconds: tick.seconds,
    rotationSeconds: rotation.seconds,
    callsPerTickedKey: tick.calls / keys,
    callsPerRotatedKey: rotation.calls / keys,
    memoryMb,
  }
  return Object.entries(bounds).flatMap(([name, bound]) => {
    const value = Reflect.get(found, name)
    return value > bound ? [`${keys} keys: ${name} ${value.toFixed(1)}, at most ${bound} are wanted`] : []
  })
}

const measured = [await measure(1), await measure(10), await measure(40)]
const rows = measured.map(({ keys, tick, watchfulTick, rotation, memoryMb }) => [
  `${keys}`,
  `${tick.seconds.toFixed(1)} s`,
  `${tick.calls}`,
  `${watchfulTick.seconds.toFixed(1)} s`,
  `${watchfulTick.calls}`,
  `${rotation.seconds.toFixed(1)} s`,
  `${rotation.calls}`,
  memoryMb === undefined ? '–' : `${memoryMb.toFixed(0)} MB`,
])
console.log(`\nOne run over several keys, ${callMs} ms a call`)
console.log(
  table([['keys', 'hourly run', 'calls', 'with own keys', 'calls', 'rotation of all', 'calls', 'memory'], ...rows]),
)
const defects = measured.flatMap(one => missed(one, limits))
for (const miss of [...defects, ...measured.flatMap(one => missed(one, goals))]) console.log(miss)
if (defects.length > 0) process.exitCode = 1
