import * as v from 'valibot'
import { calling } from '../../../functions/rotation/scaleway/api-error.ts'
import type { Secret } from '../../../functions/shared/secret.ts'
import type { Answer } from '../../deployment/answer.ts'
import { type HeaderLines, sendRaw } from '../../smoke/raw-call.ts'
import { allowed, description, makeBearer, type Stage, UnclearError } from '../stage.ts'
import { until } from '../until.ts'
import { echoZip } from './zip.ts'

const cronCalls = v.object({ begun: v.number(), done: v.number() })
const report = v.object({
  instance: v.string(),
  crons: v.record(v.string(), cronCalls),
  header_names: v.array(v.string()),
  token_seen: v.picklist(['none', 'first', 'second', 'both']),
  probe_seen: v.picklist(['none', 'first', 'second', 'both']),
  value_length: v.number(),
})

/** What the function says about a call and about itself. */
export type Report = v.InferOutput<typeof report>

/** A call's answer: the status, the function's own words if they are any, and how long it took. */
export interface Echoed {
  readonly status: number
  readonly report: Report | undefined
  readonly tookMs: number
}

/** The probe's own private function, deployed and called once. */
export interface Echo {
  readonly functionId: string
  /** The key that may call it. */
  readonly key: Secret
  /** The longest value that its environment took, in characters. */
  readonly longestValue: number
  /** The first call that was answered after the deployment. */
  readonly first: Echoed
  /** When its last call was answered. */
  lastCallAt(): Date
  /** Calls once. The key goes in both headers, unless lines are given. */
  call(ask?: object, lines?: HeaderLines): Promise<Echoed>
}

const answerLimitMs = 180_000

/** Makes the namespace, the function and the key that may call it; waits until it answers. */
export async function deployEcho(stage: Stage): Promise<Echo> {
  const { owner, projectId, clock } = stage
  const rules = [{ permissionSetNames: ['FunctionsPrivateAccess'], projectIds: [projectId] }]
  const caller = await makeBearer(stage, 'caller', rules)
  const functionId = await createFunction(stage)
  const longestValue = await tryValues(stage, functionId)
  await upload(stage, functionId)
  await calling('deploy function', () => owner.functions.deployFunction({ functionId }))
  const url = await readyUrl(stage, functionId)
  const both: HeaderLines = [
    ['X-Auth-Token', caller.secretKey.reveal()],
    ['Authorization', `Bearer ${caller.secretKey.reveal()}`],
  ]
  let lastCallAt = clock.now()
  const call = async (ask: object = {}, lines = both): Promise<Echoed> => {
    const beganMs = clock.now().getTime()
    const answer = await sendRaw({ url, lines, body: ask, signal: stage.stop }, answerLimitMs)
    stage.stop.throwIfAborted()
    lastCallAt = clock.now()
    return { status: answer.status, report: reportIn(answer), tookMs: lastCallAt.getTime() - beganMs }
  }
  const answered = async () => {
    const echoed = await call()
    return echoed.report === undefined ? undefined : echoed
  }
  const first = await until(
    stage,
    { what: 'an answer of the function', limitMs: stage.waitMs, everyMs: 3_000 },
    answered,
  )
  if (first === undefined) throw new UnclearError('the function did not answer its caller')
  return { functionId, key: caller.secretKey, longestValue, first, lastCallAt: () => lastCallAt, call }
}

function reportIn({ status, body }: Answer): Report | undefined {
  const parsed = v.safeParse(report, body)
  return status === 200 && parsed.success ? parsed.output : undefined
}

async function createFunction({ owner, made, prefix, projectId, ...stage }: Stage): Promise<string> {
  const namespaceId = await made.make('namespace', prefix, () =>
    calling('create namespace', () => owner.functions.createNamespace({ name: prefix, projectId, description })),
  )
  const isReady = async () => {
    const { status } = await calling('get namespace', () => owner.functions.getNamespace({ namespaceId }))
    return status === 'ready' || undefined
  }
  const wait = { what: 'the namespace', limitMs: stage.waitMs, everyMs: 3_000 }
  if ((await until(stage, wait, isReady)) === undefined) throw new UnclearError('the namespace did not become ready')
  const create = () =>
    owner.functions.createFunction({
      namespaceId,
      name: 'probe-echo',
      description,
      runtime: 'node22',
      handler: 'handler.handle',
      privacy: 'private',
      memoryLimit: 128,
      minScale: 0,
      maxScale: 1,
      timeout: '150s',
      sandbox: 'v2',
    })
  return (await calling('create function', create)).id
}

/** Gives the longest of some values that is accepted. Nothing runs yet, so nothing is deployed again. */
async function tryValues(stage: Stage, functionId: string): Promise<number> {
  for (const length of [65_536, 1_001, 1_000]) {
    const environmentVariables = { PROBE_VALUE: 'x'.repeat(length) }
    const change = { functionId, environmentVariables, redeploy: false }
    try {
      await calling('set a long value', () => stage.owner.functions.updateFunction(change))
      return length
    } catch (error) {
      if (!isTooLong(error)) throw error
    }
  }
  return 0
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'status' in error && (error.status === 400 || error.status === 413)
}

async function upload({ owner }: Stage, functionId: string): Promise<void> {
  const zip = await echoZip()
  const place = () => owner.functions.getFunctionUploadURL({ functionId, contentLength: zip.byteLength })
  const { url, headers } = await calling('get upload address', place)
  const flat = Object.entries(headers).flatMap(([name, values = []]) => values.map(value => [name, value]))
  const put = { method: 'PUT', headers: Object.fromEntries(flat), body: zip, signal: AbortSignal.timeout(60_000) }
  const { ok, status } = await calling('upload', () => fetch(url, put))
  if (!ok) throw new UnclearError(`the upload of the function was answered ${status}`)
}

/** Waits for the end of the deployment and gives the function's address. */
async function readyUrl(stage: Stage, functionId: string): Promise<string> {
  const deployed = async () => {
    const read = () => stage.owner.functions.getFunction({ functionId })
    const { status, domainName } = await allowed(stage, 'reading the function', () => calling('get function', read))
    if (status === 'error') throw new UnclearError('the deployment of the function failed')
    return status === 'ready' ? domainName : undefined
  }
  const wait = { what: 'the deployment of the function', limitMs: stage.waitMs, everyMs: 5_000 }
  const domainName = await until(stage, wait, deployed)
  if (domainName === undefined) throw new UnclearError('the function was not deployed in time')
  // The local Scaleway runs functions on this machine, without TLS.
  return `${/^127\.0\.0\.1:\d+$/.test(domainName) ? 'http' : 'https'}://${domainName}/`
}
