import { createServer as createSecureServer } from 'node:https'
import { generate } from 'selfsigned'
import { expect, test } from 'vitest'
import { type HeaderLines, sendRaw } from '../../../scripts/smoke/raw-call.ts'
import { listen, startRecorder } from './recorder.ts'

const patientMs = 30_000
const lines: HeaderLines = [
  ['X-Auth-Token', 'one'],
  ['X-Auth-Token', ''],
  ['Connection', 'X-Auth-Token'],
]

test('header lines are sent as they are, and the answer is read', async () => {
  const { url, received } = await startRecorder((_, response) => {
    response.writeHead(403, { 'X-Own': 'answered' }).end('{"error":"unknown-caller"}')
  })
  const answer = await sendRaw({ url: `${url}/path?a=b`, lines }, patientMs)
  expect(answer).toMatchObject({ status: 403, body: { error: 'unknown-caller' } })
  expect(answer.headers.get('x-own')).toBe('answered')
  const sent = lines.flat()
  expect(received).toEqual([
    { method: 'GET', path: '/path?a=b', rawHeaders: ['Host', new URL(url).host, ...sent], body: '' },
  ])
})

test('a body is sent as JSON', async () => {
  const { url, received } = await startRecorder((_, response) => void response.end('{}'))
  await sendRaw({ url, lines, body: { reason: 'é' } }, patientMs)
  expect(received).toMatchObject([{ method: 'POST', path: '/', body: '{"reason":"é"}' }])
  expect(received[0]?.rawHeaders).toContain('application/json')
})

test('a redirect is an answer like any other', async () => {
  const { url, received } = await startRecorder((_, response) => {
    response.writeHead(307, { Location: '/elsewhere' }).end()
  })
  expect(await sendRaw({ url, lines }, patientMs)).toMatchObject({ status: 307, body: {} })
  expect(received).toHaveLength(1)
})

test('of an answer that is too large only the status is taken', async () => {
  const { url } = await startRecorder((request, response) => {
    response.end(JSON.stringify({ padding: ' '.repeat(request.url === '/large' ? 300_000 : 200_000) }))
  })
  const fields = async (path: string) => Object.keys((await sendRaw({ url: url + path, lines }, patientMs)).body)
  expect([await fields('/'), await fields('/large')]).toEqual([['padding'], []])
  expect(await sendRaw({ url: `${url}/large`, lines }, patientMs)).toMatchObject({ status: 200 })
})

test('a server that never ends its answer is no answer after the limit, and so is none at all', async () => {
  const { url } = await startRecorder((request, response) => {
    if (request.url === '/begins') response.writeHead(200).write('{')
  })
  expect(await sendRaw({ url, lines }, 100)).toMatchObject({ status: 0 })
  expect(await sendRaw({ url: `${url}/begins`, lines }, 100)).toMatchObject({ status: 0 })
  expect(await sendRaw({ url: 'http://127.0.0.1:1', lines }, patientMs)).toMatchObject({ status: 0 })
})

test('a server whose certificate is not trusted gets nothing', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], { keyType: 'ec' })
  const seen: string[] = []
  const secure = createSecureServer({ key, cert }, () => void seen.push('request'))
  secure.on('connection', () => seen.push('connection'))
  const port = await listen(secure)
  expect(await sendRaw({ url: `https://127.0.0.1:${port}`, lines }, patientMs)).toMatchObject({ status: 0 })
  expect(seen).toEqual(['connection'])
})
