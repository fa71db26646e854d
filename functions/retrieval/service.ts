import { callerFields, identify, type KnownCaller, recognised } from '../shared/caller.ts'
import { encodeCredential } from '../shared/credential.ts'
import type { Answer, RequestHandler } from '../shared/endpoint.ts'
import { HttpError } from '../shared/http-error.ts'
import { nameInPath } from '../shared/key-names.ts'
import type { Log, LogFields } from '../shared/log.ts'
import type { ServedKey } from './config.ts'
import { fetchableBy } from './entitlement.ts'
import type { CurrentKey, GetCurrentKey } from './key-cache.ts'
import { decide, type Wanted } from './request.ts'
import { UpstreamError } from './scaleway/upstream-error.ts'

/** What retrieval is made of. */
interface ServiceParts {
  readonly callers: readonly KnownCaller[]
  readonly keys: readonly ServedKey[]
  readonly cacheOf: (key: ServedKey) => GetCurrentKey
  readonly log: Log
}

/** Makes the retrieval function's service: identifies the caller, decides, gets the key, answers; one log line per request. */
export function createService({ callers, keys, cacheOf, log }: ServiceParts): RequestHandler {
  return async request => {
    const caller = identify(request, callers)
    let about: LogFields = { request_id: request.requestId, ...callerFields(request, caller) }
    try {
      const known = recognised(caller)
      const asked = { ...request, named: nameInPath(request.path) }
      const decision = decide(asked, { ...known, keys: fetchableBy(known, keys) })
      if ('refuse' in decision) throw new HttpError(decision.refuse)
      about = { ...about, key: decision.key.name }
      const current = await cacheOf(decision.key)(decision)
      const answered = answer(current, decision)
      logRetrieval({ log, about, current, status: answered.status })
      return answered
    } catch (error) {
      if (error instanceof HttpError) logRefusal({ log, about, refusal: error })
      throw error
    }
  }
}

function answer(current: CurrentKey, { key, known }: Wanted<ServedKey>): Answer {
  // The secret is in it because what `/` gives may become another key, whose revision may be the same.
  const tag = `${key.secretId}.${current.revision}`
  const headers = {
    ETag: `"${tag}"`,
    'X-Key-Name': key.name,
    'X-Key-Revision': String(current.revision),
    ...(current.source === 'stale' ? { Warning: '110 - "Response is Stale"' } : {}),
  }
  if (known === '*' || known.includes(tag)) return { status: 304, headers }
  return { status: 200, headers, body: encodeCredential(current.credential) }
}

interface GivenKey {
  readonly log: Log
  readonly about: LogFields
  readonly current: CurrentKey
  readonly status: number
}

function logRetrieval({ log, about, current, status }: GivenKey): void {
  const { revision, source } = current
  const fields = { ...about, revision, source, status }
  if (source === 'stale')
    log.warn({ ...fields, code: current.error.code, seen: current.error.seen }, 'key given, stale')
  else log.info(fields, 'key given')
}

function logRefusal({ log, about, refusal }: { log: Log; about: LogFields; refusal: HttpError }): void {
  const { status, code, details } = refusal
  const seen = refusal instanceof UpstreamError ? refusal.seen : undefined
  const fields = { ...about, ...details, status, code, seen }
  if (status >= 500) log.error(fields, 'no key given')
  else log.warn(fields, 'no key given')
}
