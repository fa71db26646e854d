import { expect, test } from 'vitest'
import { createFetch } from '../../functions/rotation/fetch.ts'
import { calling } from '../../functions/rotation/scaleway/api-error.ts'
import { answering } from '../support/answering.ts'
import { bombs, grownBytes } from '../support/bombs.ts'

test.each(['gzip', 'br'] as const)(
  'an answer that %s makes small is cut off at the limit of what it decodes to',
  async encoding => {
    const { body, decodedBytes } = bombs[encoding]()
    expect(body.length).toBeLessThan(1024 * 1024)
    const url = await answering(response => response.writeHead(200, { 'Content-Encoding': encoding }).end(body))
    const fetch = createFetch()
    const grown = await grownBytes(async () => {
      const call = calling('list keys', () => fetch(new Request(url)))
      await expect(call).rejects.toMatchObject({ code: 'upstream-unreadable' })
    })
    expect(grown).toBeLessThan(decodedBytes / 4)
  },
)

test('an answer of 4 MiB is read, and one byte more is not', async () => {
  const limit = 4 * 1024 * 1024
  let length = limit
  const url = await answering(response => response.writeHead(200).end(Buffer.alloc(length, 'x')))
  const fetch = createFetch()
  expect((await (await fetch(new Request(url))).text()).length).toBe(limit)
  length += 1
  const call = calling('list keys', () => fetch(new Request(url)))
  await expect(call).rejects.toMatchObject({ code: 'upstream-unreadable' })
})

test('answers are asked for uncompressed', async () => {
  let asked: string | undefined
  const url = await answering((response, { headers }) => {
    asked = headers['accept-encoding']
    response.end('{}')
  })
  await createFetch()(new Request(url))
  expect(asked).toBe('identity')
})
