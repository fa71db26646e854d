import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Agent } from 'undici'
import type { Fetch } from '../../functions/rotation/fetch.ts'
import { createReceiverFetch } from '../../functions/rotation/fetch.ts'

/** A request as a receiver got it. */
export interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver of notifications and heartbeats, on loopback. */
export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** The function's real client, for this receiver alone. */
  readonly fetch: Fetch
  /** Resolves at the next request. */
  next(): Promise<unknown>
  close(): Promise<void>
}

/** Starts a receiver. Takes how it answers; 204 when left out. */
export async function startReceiver(answer = (response: ServerResponse) => response.writeHead(204).end()) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    received.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
    server.emit('received')
    answer(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const agent = new Agent()
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    received,
    fetch: createReceiverFetch(agent),
    next: () => once(server, 'received'),
    async close() {
      await agent.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
  return receiver
}
