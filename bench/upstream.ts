import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { Server } from 'node:net'
import { generate } from 'selfsigned'

/** A server on loopback that answers over TLS what Secret Manager would, and counts its calls. */
export interface Upstream {
  readonly url: string
  readonly secretId: string
  readonly certificatePath: string
  calls(): number
  close(): void
}

/** Starts it with a new certificate, which is written into `folder` for the clients to trust. */
export async function startUpstream(folder: string): Promise<Upstream> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  const certificatePath = `${folder}/certificate.pem`
  await writeFile(certificatePath, cert)
  const secretId = randomUUID()
  let calls = 0
  const server = createServer({ key, cert }, (_request, response) => {
    calls++
    response.setHeader('Content-Type', 'application/json').end(accessAnswer(secretId))
  })
  const port = await listen(server)
  return {
    url: `https://127.0.0.1:${port}`,
    secretId,
    certificatePath,
    calls: () => calls,
    close: () => server.close().closeAllConnections(),
  }
}

function accessAnswer(secretId: string): string {
  const payload = JSON.stringify({ API_KEY: 'SCWBENCHMARK00000000', SECRET_KEY: randomUUID() })
  const data = Buffer.from(payload).toString('base64')
  return JSON.stringify({ secret_id: secretId, revision: 7, data, data_crc32: null, type: 'key_value' })
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the upstream has no port')
  return address.port
}
