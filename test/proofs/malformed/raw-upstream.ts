import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { FakeScaleway } from '../../fake-scaleway/index.ts'
import type { Mutated } from './mutated-answers.ts'
import type { Line } from './raw-answers.ts'

/** A Scaleway on loopback whose true answers can be replaced on the wire, byte by byte. */
export interface RawUpstream {
  readonly url: string
  /** How many calls it received. */
  readonly calls: number
  /** True once the client followed a redirect. */
  readonly wasFollowed: boolean
  close(): Promise<void>
}

/** Gives what replaces the true answer to the nth call (from 1); undefined leaves it unchanged. */
export type Replacing = (call: {
  readonly nth: number
  readonly method: string
  readonly url: string
}) => ((line: Line, answer: Mutated) => void | Promise<void>) | undefined

/** Serves a local Scaleway on a free port, with these replacements. */
export async function serveRaw(cloud: FakeScaleway, replacing: Replacing, answered = () => {}): Promise<RawUpstream> {
  let calls = 0
  let wasFollowed = false
  const server = createServer(async (incoming, outgoing) => {
    calls += 1
    const nth = calls
    wasFollowed ||= incoming.url === '/stolen'
    const answer = await trueAnswer(cloud, incoming)
    answered()
    const write = replacing({ nth, method: incoming.method ?? '', url: incoming.url ?? '' })
    if (write === undefined) return void outgoing.writeHead(answer.status, answer.headers).end(answer.body)
    await write(lineTo(incoming.socket), answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    get calls() {
      return calls
    },
    get wasFollowed() {
      return wasFollowed
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function trueAnswer(cloud: FakeScaleway, incoming: IncomingMessage): Promise<Mutated> {
  const { method = 'GET', url: path = '/', headers } = incoming
  const body = await buffer(incoming)
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  const answer = await cloud.handle({ method, path, headers: named, ...(body.length > 0 && { body }) })
  if (answer.kind !== 'answer') throw new Error('the local Scaleway broke the connection')
  return { status: answer.status, headers: answer.headers, body: Buffer.from(answer.body) }
}

function lineTo(socket: Socket): Line {
  socket.on('error', () => socket.destroy())
  const isOpen = () => !socket.destroyed && socket.writable
  return {
    send: bytes => {
      if (isOpen()) socket.write(bytes)
      return isOpen()
    },
    pause: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
    end: () => socket.end(),
    reset: () => socket.resetAndDestroy(),
  }
}
