import { Agent, request } from 'undici'
import type { HttpGet } from '../../functions/retrieval/scaleway/http-get.ts'

/** The retrieval function's GET with a bundled undici. */
export function httpGet(): HttpGet {
  const dispatcher = new Agent({ connections: 1 })
  return async ({ url, headers, timeoutMs }) => {
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
    const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }
    const reply = await request(url, { dispatcher, headers: plain, ...limits })
    return {
      status: reply.statusCode,
      contentType: String(reply.headers['content-type']),
      text: await reply.body.text(),
    }
  }
}
