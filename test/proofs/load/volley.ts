import autocannon from 'autocannon'
import * as v from 'valibot'
import type { LoadedAnswer } from './load-judge.ts'

/** Where a volley is sent, and how. */
interface VolleyOptions {
  readonly url: string
  readonly token: string
  readonly connections: number
  /** Whole seconds: that is how autocannon counts. */
  readonly seconds: number
  /** How many requests at most. If absent, as many as are answered in that time. */
  readonly maxRequests?: number
  readonly onAnswer?: (answer: LoadedAnswer) => void
}

/** The result of a volley. */
interface Volley {
  /** How long each answer took, in milliseconds. */
  readonly tookMs: readonly number[]
  /** Requests whose connection broke or that were not answered in 10 s. */
  readonly unanswered: number
}

const contextForm = v.object({ askedAtMs: v.number(), etag: v.optional(v.string()) })

/**
 * Sends GETs over `connections` at once, one after the other on each: one plain, the next with the ETag that it gave.
 */
export async function volley({
  url,
  token,
  connections,
  seconds,
  maxRequests,
  onAnswer,
}: VolleyOptions): Promise<Volley> {
  const tookMs: number[] = []
  const plain = { 'x-auth-token': token, authorization: `Bearer ${token}` }
  const ask = (isConditional: boolean): autocannon.Request => ({
    setupRequest: (request, context) => {
      Object.assign(context, { askedAtMs: performance.now() })
      const { etag } = v.parse(contextForm, context)
      return { ...request, headers: isConditional && etag !== undefined ? { ...plain, 'if-none-match': etag } : plain }
    },
    onResponse: (status, text, context, headers = {}) => {
      const { askedAtMs, etag: known } = v.parse(contextForm, context)
      const etag = header(headers, 'etag')
      const sentEtag = isConditional ? known : undefined
      const isStale = header(headers, 'warning') !== undefined
      Object.assign(context, { etag })
      const answer = { status, text, etag, isStale, sentEtag, askedAtMs, tookMs: performance.now() - askedAtMs }
      tookMs.push(answer.tookMs)
      onAnswer?.(answer)
    },
  })
  const mix = [ask(false), ask(true)]
  const limit = maxRequests === undefined ? {} : { maxOverallRequests: maxRequests }
  const { errors, requests } = await autocannon({ url, connections, duration: seconds, requests: mix, ...limit })
  // When its time is up, each connection has one request under way; a connection that breaks before is not reported.
  const lost = requests.sent - requests.total - connections
  return { tookMs, unanswered: Math.max(errors, lost, 0) }
}

function header(headers: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const [, value] = Object.entries(headers).find(([given]) => given.toLowerCase() === name) ?? []
  return typeof value === 'string' ? value : undefined
}
