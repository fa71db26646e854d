import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import * as v from 'valibot'
import { onTestFinished } from 'vitest'

/** Starts a server on loopback that keeps what it gets. */
export async function startRecorder(answer: RequestListener) {
  const received: { method: string; path: string; rawHeaders: string[]; body: string }[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', rawHeaders } = request
    received.push({ method, path, rawHeaders, body: Buffer.concat(await request.toArray()).toString() })
    answer(request, response)
  })
  return { url: `http://127.0.0.1:${await listen(server)}`, received }
}

/** Opens a server on a free port of loopback until the test ends. */
export async function listen(server: Server | SecureServer) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return v.parse(v.object({ port: v.number() }), server.address()).port
}
