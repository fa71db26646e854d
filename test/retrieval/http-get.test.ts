import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../../functions/retrieval/clock.ts'
import { httpGet } from '../../functions/retrieval/scaleway/http-get.ts'
import { withRetry } from '../../functions/retrieval/scaleway/retry.ts'
import { listenOnLoopback } from './loopback.ts'

const running = new Set<NodeJS.Timeout>()

const clock: Clock = {
  now: () => ({ wallMs: 0, steadyMs: 0 }),
  after(delayMs, run) {
    const stop = () => {
      clearTimeout(timer)
      running.delete(timer)
    }
    const timer = setTimeout(() => {
      stop()
      run()
    }, delayMs)
    running.add(timer)
    return stop
  },
}

afterEach(() => {
  expect(running, 'timers that outlive their call').toEqual(new Set())
})

/** A TCP server that behaves as the test says; closed with the test. */
async function listen(onRequest: (socket: Socket, count: number) => void) {
  const sockets = new Set<Socket>()
  let requests = 0
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', () => onRequest(socket, ++requests))
  })
  const port = await listenOnLoopback(server)
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1 })
  onTestFinished(() => {
    agent.destroy()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const url = `http://127.0.0.1:${port}/`
  const get = httpGet({ open: (to, options) => request(to, { ...options, agent }), clock })
  return { sockets, get: ({ maxBytes = 1000 } = {}) => get({ url, headers: {}, timeoutMs: 300, maxBytes }) }
}

const complete = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'

test('a complete answer is given with status, content type and text', async () => {
  const { get } = await listen(socket => socket.write(complete))
  expect(await get()).toEqual({ status: 200, contentType: 'application/json', text: '{}' })
})

test('characters that the network cuts in two arrive whole', async () => {
  const text = '€'.repeat(100_000)
  const { get } = await listen(socket => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n${text}`))
  expect((await get({ maxBytes: 300_000 })).text === text).toBe(true)
})

test.each([
  { what: 'a length that is not reached', head: 'Content-Length: 50', body: '{}' },
  { what: 'chunks without an end', head: 'Transfer-Encoding: chunked', body: '2\r\n{}\r\n' },
])('a body that breaks off ($what) is a broken connection, not an answer', async ({ head, body }) => {
  const { get } = await listen(socket => socket.end(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`))
  await expect(get()).rejects.toMatchObject({ code: 'upstream-unreachable', transient: true })
})

test('what is not HTTP is a broken connection', async () => {
  const { get } = await listen(socket => socket.end('SSH-2.0-OpenSSH_9.9\r\n'))
  await expect(get()).rejects.toMatchObject({ code: 'upstream-unreachable', seen: expect.stringMatching(/^HPE_/) })
})

test.each([
  { what: 'no headers', sent: '' },
  { what: 'headers and no body', sent: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n' },
])('$what within the time limit is a time-out, and the connection is closed', async ({ sent }) => {
  const { get, sockets } = await listen(socket => socket.write(sent))
  await expect(get()).rejects.toMatchObject({ code: 'upstream-timeout' })
  await Promise.all(Array.from(sockets, socket => socket.closed || once(socket, 'close')))
})

test('reading stops at the size limit, and the connection is closed', async () => {
  const { get, sockets } = await listen(socket => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n${'x'.repeat(1001)}`)
  })
  await expect(get()).rejects.toMatchObject({ code: 'upstream-unreadable', seen: 'too-large', transient: false })
  await Promise.all(Array.from(sockets, socket => socket.closed || once(socket, 'close')))
})

test('a redirect is given as it is, not followed', async () => {
  const { get } = await listen(socket =>
    socket.write('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n'),
  )
  expect(await get()).toMatchObject({ status: 302 })
})

test('a kept-alive connection that was closed meanwhile is covered by the second attempt', async () => {
  const { get } = await listen((socket, count) => (count === 2 ? socket.destroy() : socket.write(complete)))
  await get()
  const texts: string[] = []
  const read = withRetry({
    read: async () => {
      texts.push((await get()).text)
      throw new Error('enough')
    },
    clock,
    random: () => 0,
    functionTimeoutSeconds: 1,
  })
  await expect(read()).rejects.toThrow('enough')
  expect(texts).toEqual(['{}'])
})
