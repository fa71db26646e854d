import { once } from 'node:events'
import { createServer } from 'node:http'
import * as v from 'valibot'

/** A proxy in front of a function that changes what callers see. */
interface Front {
  readonly url: string
  close(): Promise<void>
}

/** Decides about a request: the front answers it itself, without a body not as JSON, or forwards it with or without a token. */
export type FrontRule = (
  token: string | undefined,
  count: number,
) => { status: number; body?: object } | { token: string | undefined }

/** Starts a front for an address. The rule decides about each request and gets its number. */
export async function startFront(target: string, rule: FrontRule): Promise<Front> {
  let count = 0
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const { 'x-auth-token': given, 'if-none-match': known } = request.headers
    count += 1
    const decision = rule(typeof given === 'string' ? given : undefined, count)
    if ('status' in decision)
      return void response.writeHead(decision.status).end(decision.body ? JSON.stringify(decision.body) : 'not JSON')
    const headers = {
      ...(decision.token !== undefined && { 'X-Auth-Token': decision.token }),
      ...(known !== undefined && { 'If-None-Match': known }),
    }
    const answer = await fetch(new URL(request.url ?? '/', target), {
      method: request.method ?? 'GET',
      headers,
      body: body.length === 0 ? null : body,
    })
    const text = await answer.text()
    response.writeHead(answer.status, { etag: answer.headers.get('etag') ?? '' }).end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = v.parse(v.object({ port: v.number() }), server.address())
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
