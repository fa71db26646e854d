import type { HttpGet } from '../../functions/retrieval/scaleway/http-get.ts'

/** The retrieval function's GET with the built-in fetch. */
export function httpGet(): HttpGet {
  return async ({ url, headers, timeoutMs }) => {
    const plain = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)])
    const reply = await fetch(url, { headers: plain, signal: AbortSignal.timeout(timeoutMs), redirect: 'error' })
    return { status: reply.status, contentType: reply.headers.get('content-type') ?? '', text: await reply.text() }
  }
}
