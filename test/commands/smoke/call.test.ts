import { once } from 'node:events'
import { createServer } from 'node:http'
import * as v from 'valibot'
import { expect, onTestFinished, test } from 'vitest'
import { patientCaller } from '../../../scripts/deployment/call.ts'
import { answering } from '../../support/answering.ts'
import { bombs, grownBytes } from '../../support/bombs.ts'
import { allThree, both, startRecorder } from '../../support/sent-credentials.ts'

const always = () => true
const never = () => false

test('the calls of one caller share its waiting time', async () => {
  const server = await startServer()
  const send = patientCaller({ waitSeconds: 0.6 })
  expect(await send({ url: server.url }, never)).toMatchObject({ status: 503 })
  const attempts = server.requests()
  expect(attempts).toBeGreaterThan(1)
  await send({ url: server.url }, never)
  expect(server.requests()).toBe(attempts + 1)
})

test('a final answer ends a call at once and uses no waiting time', async () => {
  const server = await startServer()
  const send = patientCaller({ waitSeconds: 0.6 })
  await send({ url: server.url }, always)
  expect(server.requests()).toBe(1)
  await send({ url: server.url }, never)
  expect(server.requests()).toBeGreaterThan(2)
})

test('a call gives its key in both headers, in three when the deployment says so, and in none without a key', async () => {
  const recorder = await startRecorder()
  onTestFinished(recorder.close)
  const token = crypto.randomUUID()
  const callerHeaders = ['X-Auth-Token', 'Authorization', 'X-Caller-Key'] as const
  await patientCaller({ waitSeconds: 0 })({ url: recorder.url, token }, always)
  await patientCaller({ waitSeconds: 0, callerHeaders })({ url: recorder.url, token, body: {} }, always)
  await patientCaller({ waitSeconds: 0, callerHeaders })({ url: recorder.url }, always)
  expect(recorder.credentials()).toEqual([both(token), allThree(token), []])
})
test.each(['gzip', 'br'] as const)(
  'an answer that %s makes small is read up to 4 MiB of what it decodes to',
  async encoding => {
    const { body, decodedBytes } = bombs[encoding]()
    const url = await answering(response => response.writeHead(200, { 'Content-Encoding': encoding }).end(body))
    const send = patientCaller({ waitSeconds: 0.1 })
    const grown = await grownBytes(async () => {
      expect(await send({ url }, always)).toMatchObject({ status: 200, body: {} })
    })
    expect(grown).toBeLessThan(decodedBytes / 4)
  },
)

/** A server on loopback that answers each request with 503 and counts them. */
async function startServer() {
  let requests = 0
  const server = createServer((_, response) => {
    requests += 1
    response.writeHead(503).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = v.parse(v.object({ port: v.number() }), server.address())
  return { url: `http://127.0.0.1:${port}`, requests: () => requests }
}
