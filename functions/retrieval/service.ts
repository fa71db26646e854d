import { callerFields, identify, type KnownCaller, recognised } from '../shared/caller.ts'
import { encodeCredential } from '../shared/credential.ts'
import type { Answer, RequestHandler } from '../shared/endpoint.ts'
import { HttpError } from '../shared/http-error.ts'
import type { Log, LogFields } from '../shared/log.ts'
import type { CurrentKey, GetCurrentKey } from './key-cache.ts'
import { decide, type Wanted } from './request.ts'
import { UpstreamError } from './scaleway/upstream-error.ts'

/** What retrieval is made of. */
interface ServiceParts {
  readonly callers: readonly KnownCaller[]
  readonly currentKey: GetCurrentKey
  readonly log: Log
}

/** Makes the retrieval function's service: identifies the caller, decides, gets the key, answers; one log line per request. */
export function createService({ callers, currentKey, log }: ServiceParts): RequestHandler {
  return async request => {
    const caller = identify(request, callers)
    const who = { request_id: request.requestId, ...callerFields(request, caller) }
    try {
      const decision = decide(request, recognised(caller))
      if ('refuse' in decision) throw new HttpError(decision.refuse)
      const key = await currentKey(decision)
      const answered = answer(key, decision)
      logRetrieval({ log, who, key, status: answered.status })
      return answered
    } catch (error) {
      if (error instanceof HttpError) logRefusal({ log, who, refusal: error })
      throw error
    }
  }
}

function answer(key: CurrentKey, { known }: Wanted): Answer {
  const revision = String(key.revision)
  const headers = {
    ETag: `"${revision}"`,
    'X-Key-Revision': revision,
    ...(key.source === 'stale' ? { Warning: '110 - "Response is Stale"' } : {}),
  }
  if (known === '*' || known.includes(revision)) return { status: 304, headers }
  return { status: 200, headers, body: encodeCredential(key.credential) }
}

function logRetrieval({ log, who, key, status }: { log: Log; who: LogFields; key: CurrentKey; status: number }): void {
  const fields = { ...who, revision: key.revision, source: key.source, status }
  if (key.source === 'stale') log.warn({ ...fields, code: key.error.code, seen: key.error.seen }, 'key given, stale')
  else log.info(fields, 'key given')
}

function logRefusal({ log, who, refusal }: { log: Log; who: LogFields; refusal: HttpError }): void {
  const { status, code, details } = refusal
  const seen = refusal instanceof UpstreamError ? refusal.seen : undefined
  const fields = { ...who, ...details, status, code, seen }
  if (status >= 500) log.error(fields, 'no key given')
  else log.warn(fields, 'no key given')
}
