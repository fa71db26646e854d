import { calling } from '../../../functions/rotation/scaleway/api-error.ts'
import type { Secret } from '../../../functions/shared/secret.ts'
import { type HeaderLines, sendRaw } from '../../smoke/raw-call.ts'
import { onceThere } from '../allowed.ts'
import { makeBearer } from '../identities.ts'
import { description, type Stage, UnclearError } from '../stage.ts'
import { until } from '../until.ts'
import { type Report, reportIn } from './report.ts'
import { echoZip } from './zip.ts'

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
  const { functionId, longestValue } = await createFunction(stage, await makeNamespace(stage))
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

async function makeNamespace(stage: Stage): Promise<string> {
  const { owner, made, prefix, projectId } = stage
  const namespaceId = await made.make('namespace', prefix, () =>
    calling('create namespace', () => owner.functions.createNamespace({ name: prefix, projectId, description })),
  )
  const isReady = async () => {
    const { status } = await onceThere(stage, 'the new namespace', () =>
      calling('get namespace', () => owner.functions.getNamespace({ namespaceId })),
    )
    return status === 'ready' || undefined
  }
  const wait = { what: 'the namespace', limitMs: stage.waitMs, everyMs: 3_000 }
  if ((await until(stage, wait, isReady)) === undefined) throw new UnclearError('the namespace did not become ready')
  return namespaceId
}

/** Creates the function with the longest of some values that is accepted in its environment. */
async function createFunction({ owner }: Stage, namespaceId: string) {
  for (const longestValue of [65_536, 1_001, 1_000, 0]) {
    const create = () =>
      owner.functions.createFunction({
        namespaceId,
        name: 'probe-echo',
        description,
        environmentVariables: { PROBE_VALUE: 'x'.repeat(longestValue) },
        runtime: 'node22',
        handler: 'handler.handle',
        privacy: 'private',
        memoryLimit: 128,
        minScale: 0,
        maxScale: 1,
        timeout: '150s',
        sandbox: 'v2',
      })
    try {
      const { id: functionId } = await calling('create function', create)
      return { functionId, longestValue }
    } catch (error) {
      if (longestValue === 0 || !isTooLong(error)) throw error
    }
  }
  throw new UnclearError('the function could not be created')
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
    const { status, domainName } = await onceThere(stage, 'the new function', () => calling('get function', read))
    if (status === 'error') throw new UnclearError('the deployment of the function failed')
    return status === 'ready' ? domainName : undefined
  }
  const wait = { what: 'the deployment of the function', limitMs: stage.waitMs, everyMs: 5_000 }
  const domainName = await until(stage, wait, deployed)
  if (domainName === undefined) throw new UnclearError('the function was not deployed in time')
  // The local Scaleway runs functions on this machine, without TLS.
  return `${/^127\.0\.0\.1:\d+$/.test(domainName) ? 'http' : 'https'}://${domainName}/`
}
