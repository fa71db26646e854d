import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Call, forward, nodeHeaders, type Reply } from './forward.ts'
import { type Gate, plainGate, throughGate } from './gate.ts'
import { type CallAuthority, type Privacy, refuseCaller } from './privacy.ts'
import { gatewayReply } from './reply.ts'
import { createTurns } from './turns.ts'

/** What is behind a gateway, and how the platform is configured to treat it. */
export interface GatewaySettings {
  /** Where the function's process listens; undefined while there is none, and every call is answered 503. */
  readonly functionUrl: string | undefined
  readonly privacy: Privacy
  readonly authority: CallAuthority
  readonly projectId: string
  readonly timeoutSeconds: number
  /** Requests that may be inside the function at once; more of them wait. */
  readonly maxScale: number
}

/** What a gateway starts with. */
export interface GatewayOptions extends GatewaySettings {
  /** How headers get to the function. What is left out is as with `plainGate`. */
  readonly gate?: Partial<Gate> | undefined
  /** A free port when left out. */
  readonly port?: number
  readonly watch?: CallWatch | undefined
}

/** Gets to know of each call that is passed on to the function. */
export interface CallWatch {
  /** Awaited before the call is passed on. */
  begins(): Promise<void>
  ended(): void
}

/** A function as its callers see it. */
export interface Gateway {
  readonly url: string
  readonly port: number
  /** The platform's own way in, which needs no token: how a CRON calls a private function. */
  call(call: Pick<Call, 'method' | 'path' | 'body'>): Promise<Reply>
  /**
   * Puts another process behind the same address, with its settings for every call from now on. Resolves when the
   * calls that came before have their answers, so that the process they went to can be ended.
   */
  replace(settings: Partial<GatewaySettings>): Promise<void>
  close(): Promise<void>
}

const bodyLimitBytes = 6 * 1024 * 1024
const neverServed = new Set(['/favicon.ico', '/robots.txt'])

/**
 * Puts one function behind a loopback address of its own, as the platform does: callers are checked, payloads past
 * 6 MiB answered 413, a function that is too slow 504, one whose process has ended 503; everything else is passed on
 * and back (docs/scaleway.md#gateway, #private-functions).
 * @throws with code EADDRINUSE when the port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const agent = new Agent({ keepAlive: true })
  let settings = options
  const underWay = new Set<Promise<unknown>>()
  let turns = createTurns(settings.maxScale)
  const pass = async (call: Call) => {
    const passing = turns.take(async () => {
      await options.watch?.begins()
      return passOn(call, settings, agent).finally(options.watch?.ended)
    })
    underWay.add(passing)
    return replyOf(await passing.finally(() => underWay.delete(passing)))
  }
  const server = createServer((request, response) => {
    answer(request, settings, pass)
      .then(reply => send(reply, response))
      // What fails here is reading a body whose sender has hung up, and then no caller reads this answer either.
      .catch((error: unknown) => send(gatewayReply(500, `The gateway failed: ${error}`), response))
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    call: call => pass({ ...call, headers: { Host: [`127.0.0.1:${port}`], ...platformHeaders('127.0.0.1') } }),
    async replace(changed) {
      settings = { ...settings, ...changed }
      // Instances of another process: those before it no longer count.
      turns = createTurns(settings.maxScale)
      await Promise.all(underWay)
    },
    async close() {
      agent.destroy()
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(request: IncomingMessage, options: GatewayOptions, pass: (call: Call) => Promise<Reply>) {
  const { method = '', url: path = '/' } = request
  const ip = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  if (neverServed.has(path.replace(/\?.*/s, ''))) return gatewayReply(404, 'This path never reaches a function.')
  const { token, userAgent, passed } = throughGate(request.rawHeaders, { ...plainGate, ...options.gate })
  const refusal = refuseCaller({ token, userAgent, ip, ...options })
  if (refusal !== undefined) return refusal
  const body = await readBody(request)
  if (body === 'too-large') return gatewayReply(413, 'The payload is larger than 6 MiB.')
  return pass({ method, path, body, headers: { ...passed, ...platformHeaders(ip, passed['X-Forwarded-For']) } })
}

async function passOn(call: Call, { functionUrl, timeoutSeconds }: GatewaySettings, agent: Agent) {
  if (functionUrl === undefined) return 'unreachable'
  return forward(call, { url: functionUrl, agent, timeoutMilliseconds: timeoutSeconds * 1000 })
}

/** What the platform adds to every request (docs/scaleway.md#platform-headers). */
function platformHeaders(ip: string, forwardedFor: readonly string[] = []): Call['headers'] {
  return {
    'X-Forwarded-For': [[...forwardedFor, ip].join(', ')],
    'X-Forwarded-Proto': ['http'],
    'X-Request-Id': [randomUUID()],
    'X-Envoy-External-Address': [ip],
    'K-Proxy-Request': ['activator'],
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | 'too-large'> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  // Read to the end even when it is too large: many clients read an answer only after they have sent everything.
  for await (const chunk of request) {
    sizeBytes += chunk.length
    if (sizeBytes <= bodyLimitBytes) chunks.push(chunk)
  }
  return sizeBytes > bodyLimitBytes ? 'too-large' : Buffer.concat(chunks)
}

function replyOf(outcome: Reply | 'timed-out' | 'unreachable'): Reply {
  if (outcome === 'timed-out') return gatewayReply(504, 'The function did not answer within its timeout.')
  if (outcome === 'unreachable') return gatewayReply(503, 'The function has no running instance.')
  return outcome
}

function send({ status, headers, body }: Reply, response: ServerResponse): void {
  response.statusCode = status
  for (const [name, value] of Object.entries(nodeHeaders(headers))) response.setHeader(name, value)
  response.end(body)
}
