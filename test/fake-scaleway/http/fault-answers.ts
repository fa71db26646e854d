import type { Fault, Faults } from '../faults.ts'
import type { Sleep } from '../sleep.ts'
import { deniedAuthentication, notFound, permissionsDenied, type Refusal } from './errors.ts'
import { ERROR_PAGE, malform } from './malformed.ts'
import { type HttpAnswer, jsonAnswer, type WireAnswer } from './wire.ts'

/** A call that a fault hits: `work` does what the call requests, once. */
interface HitCall {
  readonly fault: Fault
  readonly operation: string
  readonly path: string
  readonly work: () => HttpAnswer | Promise<HttpAnswer>
  readonly sleep: Sleep
  readonly onKill: Faults['onKill']
}

/** Gives the answer that replaces the real one. */
export async function faultAnswer(call: HitCall): Promise<WireAnswer> {
  const { fault, operation, work } = call
  switch (fault.kind) {
    case 'lost-before':
      return { kind: 'broken' }
    case 'lost-after':
      await work()
      return { kind: 'broken' }
    case 'delay':
      return delayed(call, fault)
    case 'rate-limited':
      return { kind: 'answer', status: 429, headers: { 'x-envoy-ratelimited': 'true' }, body: '' }
    case 'status':
      if (fault.done) await work()
      return { kind: 'answer', status: fault.status, headers: { 'content-type': 'text/html' }, body: ERROR_PAGE }
    case 'forbidden':
    case 'not-found':
    case 'unauthorized': {
      const { status, body } = refusalFor(fault.kind, call)
      return jsonAnswer(status, body)
    }
    case 'json':
      return jsonAnswer(fault.status, fault.body)
    case 'hang':
      if (fault.done) await work()
      return { kind: 'silent', killed: false }
    case 'malformed':
      return malform(await work(), fault.how)
    case 'slow':
      return { ...(await work()), bytesPerSecond: fault.bytesPerSecond }
    case 'kill-before':
    case 'kill-after':
      if (fault.kind === 'kill-after') await work()
      call.onKill?.({ kind: fault.kind, operation })
      return { kind: 'silent', killed: true }
  }
}

async function delayed({ work, sleep }: HitCall, fault: Extract<Fault, { kind: 'delay' }>): Promise<HttpAnswer> {
  if (fault.work === 'late') {
    await sleep(fault.milliseconds)
    return work()
  }
  const answer = await work()
  await sleep(fault.milliseconds)
  return answer
}

function refusalFor(kind: 'forbidden' | 'not-found' | 'unauthorized', { operation, path }: HitCall): Refusal {
  if (kind === 'unauthorized') return deniedAuthentication('not_found')
  const { action, resource } = wordsOf(operation)
  return kind === 'forbidden' ? permissionsDenied(action, resource) : notFound(resource, path.split('/').at(-1) ?? '')
}

/** `iam.getApiKey` → get, api_key. */
function wordsOf(operation: string): { action: string; resource: string } {
  const [action = '', ...nouns] = (operation.split('.')[1] ?? '').split(/(?=[A-Z])/)
  return { action, resource: nouns.join('_').toLowerCase() }
}
