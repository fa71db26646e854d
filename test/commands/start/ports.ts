import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Listens on a port as another program does, until the server is closed. */
export async function occupy(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** Three free ports in a row, below the range from which systems assign ports. */
export async function threePorts(): Promise<number> {
  const first = 15_000 + Math.floor(Math.random() * 10_000)
  try {
    for (const port of [first, first + 1, first + 2]) {
      const server = await occupy(port)
      server.close()
      await once(server, 'close')
    }
    return first
  } catch {
    return threePorts()
  }
}
