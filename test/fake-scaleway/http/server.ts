import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { FakeScaleway } from '../scaleway.ts'
import { realSleep, type Sleep } from '../sleep.ts'
import { bodyPieces, isPaced } from './body-pieces.ts'
import type { HttpAnswer, WireRequest } from './wire.ts'

/** A running server. */
export interface ServedScaleway {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Ends all connections and resolves when the port is free. */
  close(): Promise<void>
}

/** Serves a local Scaleway on loopback; without a port, on a free one. A taken port rejects with its `code`, EADDRINUSE. */
export async function serve(scaleway: FakeScaleway, options: { port?: number } = {}): Promise<ServedScaleway> {
  const sleep = realSleep(false)
  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => outgoing.destroy())
    carry({ scaleway, incoming, outgoing, sleep }).catch((error: unknown) => fail(outgoing, error))
  })
  const port = options.port ?? 0
  server.listen(port, '127.0.0.1')
  await once(server, 'listening').catch((error: unknown) => {
    throw Object.assign(new Error(`cannot listen on 127.0.0.1:${port}`, { cause: error }), { code: codeOf(error) })
  })
  const address = addressOf(server.address())
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

interface Carried {
  readonly scaleway: FakeScaleway
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly sleep: Sleep
}

async function carry({ scaleway, incoming, outgoing, sleep }: Carried): Promise<void> {
  const answer = await scaleway.exchange(await wireRequest(incoming), sleep)
  if (answer.kind === 'broken') outgoing.socket?.destroy()
  if (answer.kind === 'answer') await write(outgoing, answer, sleep)
}

async function wireRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers,
    ip: incoming.socket.remoteAddress ?? '127.0.0.1',
    ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
  }
}

async function write(outgoing: ServerResponse, answer: HttpAnswer, sleep: Sleep): Promise<void> {
  outgoing.statusCode = answer.status
  for (const [name, value] of Object.entries(answer.headers)) outgoing.setHeader(name, value)
  // Written at once, an answer has its length, and is a single packet.
  if (!isPaced(answer)) return void outgoing.end(answer.body)
  outgoing.flushHeaders()
  // A caller that stops reading ends the pipeline with an error, which is how every endless body ends.
  await pipeline(bodyPieces(answer, sleep), outgoing).catch(() => {})
}

/** A bug of the local Scaleway itself. It must not look like an answer that a test injected. */
function fail(outgoing: ServerResponse, error: unknown): void {
  if (outgoing.headersSent) return void outgoing.destroy()
  outgoing.writeHead(501, { 'content-type': 'text/plain' }).end(`the local Scaleway has a bug: ${error}\n`)
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
