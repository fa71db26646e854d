import { type Caller, identify, type KnownCallers } from '../shared/caller.ts'
import { encodeCredential } from '../shared/credential.ts'
import type { Answer, RequestHandler } from '../shared/endpoint.ts'
import { HttpError } from '../shared/http-error.ts'
import type { Request } from '../shared/http-request.ts'
import type { Log } from '../shared/log.ts'
import type { CurrentKey, GetCurrentKey } from './key-cache.ts'
import { decide, type Wanted } from './request.ts'
import { UpstreamError } from './scaleway/upstream-error.ts'

/** What retrieval is made of. */
interface ServiceParts {
  readonly known: KnownCallers
  readonly requireCallerCheck: boolean
  readonly currentKey: GetCurrentKey
  readonly log: Log
}

/** Makes the retrieval function's service: identifies the caller, decides, gets the key, answers; one log line per request. */
export function createService({ known, requireCallerCheck, currentKey, log }: ServiceParts): RequestHandler {
  const warnUnchecked = once(() => log.warn({ code: 'caller-unchecked' }, uncheckedWarning))
  const retrieve = async (request: Request, caller: Caller) => {
    const decision = decide(request, { caller, requireCallerCheck })
    if ('refuse' in decision) throw new HttpError(decision.refuse)
    if (caller.role === 'absent') warnUnchecked()
    const key = await currentKey(decision)
    return { key, answer: answer(key, decision) }
  }
  return async request => {
    const caller = identify(request, known)
    const who = { request_id: request.requestId, caller: caller.role, caller_name: caller.name ?? undefined }
    try {
      const { key, answer } = await retrieve(request, caller)
      logRetrieval({ log, who, key, status: answer.status })
      return answer
    } catch (error) {
      if (error instanceof HttpError) logRefusal({ log, who, refusal: error })
      throw error
    }
  }
}

const uncheckedWarning =
  'No credential arrives inside the function, so the platform alone checks the callers: a monitor can read the key. Set REQUIRE_CALLER_CHECK to refuse instead.'

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

interface Who {
  readonly request_id: string
  readonly caller: Caller['role']
  readonly caller_name: string | undefined
}

function logRetrieval({ log, who, key, status }: { log: Log; who: Who; key: CurrentKey; status: number }): void {
  const fields = { ...who, revision: key.revision, source: key.source, status }
  if (key.source === 'stale') log.warn({ ...fields, code: key.error.code, seen: key.error.seen }, 'key given, stale')
  else log.info(fields, 'key given')
}

function logRefusal({ log, who, refusal }: { log: Log; who: Who; refusal: HttpError }): void {
  const { status, code, details } = refusal
  const seen = refusal instanceof UpstreamError ? refusal.seen : undefined
  const fields = { ...who, ...details, status, code, seen }
  if (status >= 500) log.error(fields, 'no key given')
  else log.warn(fields, 'no key given')
}

function once(run: () => void): () => void {
  let done = false
  return () => {
    if (!done) run()
    done = true
  }
}
