import { once } from 'node:events'
import { createServer } from 'node:http'
import * as v from 'valibot'

/** A server on loopback that keeps which credentials it was sent. */
export interface Recorder {
  readonly url: string
  /** For each request, a line for each header that can hold a credential. */
  credentials(): readonly (readonly string[])[]
  /** The path of each request. */
  paths(): readonly string[]
  close(): Promise<void>
}

const names = new Set(['x-auth-token', 'authorization', 'x-caller-key'])

/** Starts a recorder that gives every request the same answer. */
export async function startRecorder(answer: object = {}): Promise<Recorder> {
  const requests: string[][] = []
  const paths: string[] = []
  const server = createServer((request, response) => {
    requests.push(credentialLines(request.rawHeaders))
    paths.push(request.url ?? '')
    request.resume()
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = v.parse(v.object({ port: v.number() }), server.address())
  return {
    url: `http://127.0.0.1:${port}`,
    credentials: () => requests,
    paths: () => paths,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** The lines of a call that gives its key in both headers. */
export function both(key: string): readonly string[] {
  return [`authorization: Bearer ${key}`, `x-auth-token: ${key}`]
}

/** The same with `X-Caller-Key`. */
export function allThree(key: string): readonly string[] {
  return [...both(key), `x-caller-key: ${key}`]
}

/** Reads the raw headers, in which one that is sent twice is there twice. */
function credentialLines(rawHeaders: readonly string[]): string[] {
  return rawHeaders
    .flatMap((name, index) => (index % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[index + 1]}`] : []))
    .filter(line => names.has(line.slice(0, line.indexOf(':'))))
    .toSorted()
}
