import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { deploy } from './deployment.ts'

const headerValue = fc.oneof(
  fc.string(),
  fc.constantFrom('no-cache', '*', '"1"', 'W/"1"', 'Bearer', 'Bearer x', '"'.repeat(9999)),
  fc.array(fc.string()),
  fc.anything(),
)

const headers = fc.dictionary(
  fc.oneof(
    fc.constantFrom('X-Auth-Token', 'authorization', 'IF-NONE-MATCH', 'cache-control', 'x-request-id', '__proto__'),
    fc.string(),
  ),
  headerValue,
)

const event = fc.oneof(
  fc.anything(),
  fc.record(
    {
      httpMethod: fc.oneof(fc.constantFrom('GET', 'get', 'HEAD', 'POST', 'CONNECT'), fc.anything()),
      path: fc.oneof(fc.constantFrom('/', '', '/../', '/%00', '/default', '/__proto__'), fc.anything()),
      headers: fc.oneof(headers, fc.anything()),
      body: fc.anything(),
      isBase64Encoded: fc.anything(),
      queryStringParameters: fc.anything(),
    },
    { requiredKeys: [] },
  ),
)

/** Objects that throw when a property is read. */
const traps = [
  new Proxy(
    {},
    {
      get: () => {
        throw new Error('trap')
      },
    },
  ),
  {
    get headers() {
      throw new Error('trap')
    },
  },
  {
    httpMethod: 'GET',
    headers: new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('trap')
        },
      },
    ),
  },
  Object.create(null),
]

test('any event at all gets a well-formed JSON answer, and nothing is thrown', async () => {
  const { handle, publish } = await deploy()
  publish()
  await fc.assert(
    fc.asyncProperty(event, async hostile => expectWellFormed(await handle(hostile))),
    { numRuns: 500 },
  )
})

test('an event that throws when a property is read gets a well-formed JSON answer', async () => {
  const { handle } = await deploy()
  for (const trap of traps) expectWellFormed(await handle(trap))
})

function expectWellFormed(answer: unknown): void {
  expect(answer).toEqual({
    statusCode: expect.toBeOneOf([200, 304, 403, 404, 405, 500]),
    headers: expect.objectContaining({
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'Access-Control-Allow-Origin': 'https://none.invalid',
      'X-Request-Id': expect.stringMatching(/^[A-Za-z0-9-]{8,64}$/),
    }),
    body: expect.toSatisfy(text => text === '' || typeof JSON.parse(text) === 'object'),
  })
}
