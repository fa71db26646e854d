import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import * as v from 'valibot'
import type { AtEnd } from './stack.ts'

/** The headers that a caller can give its key in. */
export const credentialHeaders = ['x-auth-token', 'authorization', 'x-caller-key'] as const

/** One of these headers. */
export type CredentialHeader = (typeof credentialHeaders)[number]

/** Puts a proxy before an address that takes every header with a credential away but one, as a platform may. Gives its address. */
export async function passOnly(passes: CredentialHeader, to: string, atEnd: AtEnd): Promise<{ readonly url: string }> {
  const server = createServer((request, response) => {
    const headers = { ...request.headers }
    for (const name of credentialHeaders) if (name !== passes) delete headers[name]
    const { method = 'GET', url: path = '/' } = request
    const onward = send(new URL(path, to), { method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(async () => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = v.parse(v.object({ port: v.number() }), server.address())
  return { url: `http://127.0.0.1:${port}` }
}
