import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { expect, onTestFinished, test } from 'vitest'
import { built } from '../support/built.ts'
import { startFunction } from '../support/function-process.ts'
import { keyVariable, newCallers, newPayload } from './deployment.ts'
import { listenOnLoopback } from './loopback.ts'

const { zip } = await built('retrieval')
const secretId = randomUUID()
const payload = newPayload()

/** Secret Manager over TLS with a certificate for `host`; its port and the certificate's file. */
async function secureUpstream({ ip }: { ip: string }) {
  const folder = await mkdtemp(join(tmpdir(), 'retrieval-tls-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const { private: key, cert } = await generate([{ name: 'commonName', value: ip }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip }] }],
  })
  await writeFile(`${folder}/certificate.pem`, cert)
  const body = JSON.stringify({ secret_id: secretId, revision: 1, data: Buffer.from(payload).toString('base64') })
  const seen: (string | string[] | undefined)[] = []
  const server = createServer({ key, cert }, ({ headers }, response) => {
    seen.push(headers['x-auth-token'])
    response.setHeader('Content-Type', 'application/json').end(body)
  })
  const port = await listenOnLoopback(server)
  onTestFinished(() => void server.close().closeAllConnections())
  return { url: `https://127.0.0.1:${port}`, certificatePath: `${folder}/certificate.pem`, seen }
}

async function host(env: Readonly<Record<string, string>>) {
  const { callers, env: callerVariables } = newCallers()
  const own = { ...keyVariable({ name: 'default', secretId }), READER_SECRET_KEY: randomUUID() }
  const instance = await startFunction({ zip, env: { ...own, ...callerVariables, ...env } })
  onTestFinished(() => instance.stop())
  return { fetchKey: () => fetch(instance.url, { headers: { 'X-Auth-Token': callers.consumer } }) }
}

test('the key is fetched over TLS from a host whose certificate is trusted', async () => {
  const { url, certificatePath } = await secureUpstream({ ip: '127.0.0.1' })
  const { fetchKey } = await host({ API_URL: url, NODE_EXTRA_CA_CERTS: certificatePath })
  const reply = await fetchKey()
  expect({ status: reply.status, text: await reply.text() }).toEqual({ status: 200, text: payload })
})

test.each([
  { why: 'its certificate is not trusted', ip: '127.0.0.1', trusted: false },
  { why: 'its certificate is for another host', ip: '127.0.0.2', trusted: true },
])("the reader's key is not sent to a host when $why", async ({ ip, trusted }) => {
  const { url, certificatePath, seen } = await secureUpstream({ ip })
  const { fetchKey } = await host({ API_URL: url, ...(trusted && { NODE_EXTRA_CA_CERTS: certificatePath }) })
  const reply = await fetchKey()
  expect(reply.status).toBe(502)
  expect(await reply.json()).toMatchObject({ error: 'upstream-unreachable' })
  expect(seen).toEqual([])
})
