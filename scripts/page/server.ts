import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Asset, assetAt } from './assets.ts'
import { clockCommands, mischiefButtons, operatorButtons } from './picture.ts'
import type { PageSource } from './source.ts'
import { Streams } from './streams.ts'

/** A page that is served. */
export interface ServedPage {
  /** With the token in its fragment, which no browser sends. */
  readonly url: string
  close(): Promise<void>
}

/** The header that the page's script sends the token in. A foreign page cannot set it without being asked about first. */
export const tokenHeader = 'x-page-token'

// A page of our own alone may ask, and show itself alone: no frame, no form, no script that is not ours.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
const alwaysSent = {
  'Content-Security-Policy': policy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
}

/** Serves a page on a free port of this machine, to whoever has its address with the token. */
export async function servePage(source: PageSource): Promise<ServedPage> {
  const token = randomBytes(24).toString('base64url')
  const streams = new Streams(source)
  const server = createServer((request, response) => {
    void answer(request, { source, token, host })
      .catch((): Reply => ({ status: 500, text: 'The page has a fault.' }))
      .then(reply => send(reply, { request, response, streams }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  return {
    url: `http://${host}/#${token}`,
    async close() {
      streams.close()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

interface Served {
  readonly source: PageSource
  readonly token: string
  readonly host: string
}

/** A refusal, an asset, or the stream. */
type Reply = { readonly status: number; readonly text?: string; readonly allow?: string } | Asset | 'stream'

/** Who asks is checked first, and then what for: each step refuses on its own. */
async function answer(request: IncomingMessage, { source, token, host }: Served): Promise<Reply> {
  const { method = '', headers } = request
  // Another name for this address would let a page of that name read what is answered (DNS rebinding).
  if (headers.host !== host) return { status: 421, text: 'This server has another name.' }
  const { pathname, searchParams } = new URL(request.url ?? '/', `http://${host}`)
  const asset = await assetAt(pathname)
  if (asset !== undefined) {
    if (method !== 'GET') return notAllowed('GET')
    return asset.isDocument || isOwnPage(request, host) ? asset : foreign
  }
  const [, room = '', id = ''] = /^\/(stream|clock|press)(?:\/([a-z-]+))?$/.exec(pathname) ?? []
  if (room === '') return { status: 404, text: 'There is nothing here.' }
  if (!isOwnPage(request, host)) return foreign
  if (!isToken(headers[tokenHeader], token)) return { status: 401, text: 'The token is missing, or another one.' }
  if (room === 'stream') return method === 'GET' && id === '' ? 'stream' : notAllowed('GET')
  if (method !== 'POST') return notAllowed('POST')
  return room === 'clock' ? setClock(source, id) : press(source, id, searchParams.get('key') ?? undefined)
}

function setClock(source: PageSource, id: string): Reply {
  const command = clockCommands.find(known => known === id)
  if (command === undefined) return { status: 404, text: 'The clock knows no such word.' }
  if (source.set === undefined) return { status: 405, text: 'There is no clock to set.' }
  source.set(command)
  return { status: 204 }
}

async function press(source: PageSource, id: string, key: string | undefined): Promise<Reply> {
  const button = [...operatorButtons, ...mischiefButtons].find(known => known === id)
  if (button === undefined) return { status: 404, text: 'There is no such button.' }
  if (source.press === undefined) return { status: 405, text: 'There is nothing to press.' }
  const refusal = await source.press(button, key)
  return refusal === undefined ? { status: 204 } : { status: 409, text: refusal }
}

const foreign: Reply = { status: 403, text: 'Only the page itself may ask for this.' }

/** Browsers say where a request comes from; what sends neither header is no browser, and needs the token all the same. */
function isOwnPage({ headers }: IncomingMessage, host: string): boolean {
  const { origin, 'sec-fetch-site': site } = headers
  return (origin === undefined || origin === `http://${host}`) && (site === undefined || site === 'same-origin')
}

function isToken(given: string | string[] | undefined, token: string): boolean {
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function notAllowed(allow: string): Reply {
  return { status: 405, allow, text: `Only ${allow} is answered here.` }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly streams: Streams
}

function send(reply: Reply, { request, response, streams }: Exchange): void {
  request.resume()
  for (const [name, value] of Object.entries(alwaysSent)) response.setHeader(name, value)
  if (reply === 'stream') {
    streams.add(response)
  } else if ('type' in reply) {
    response.writeHead(200, { 'Content-Type': reply.type }).end(reply.content)
  } else {
    const { status, text, allow } = reply
    if (allow !== undefined) response.setHeader('Allow', allow)
    if (text !== undefined) response.setHeader('Content-Type', 'text/plain; charset=utf-8')
    response.writeHead(status).end(text === undefined ? undefined : `${text}\n`)
  }
}
