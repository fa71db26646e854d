import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { composeRotation } from '../../functions/rotation/compose.ts'
import { createLog } from '../../functions/rotation/log.ts'
import { deploy, rotationEnv, simulated } from '../support/rotation.ts'
import { expectNoSecret } from '../support/secrets.ts'

/** A deployment and its handler, as the platform calls it. */
function handler(changes: Record<string, string | undefined> = {}) {
  const deployment = deploy()
  const { cloud, ids, clock, lines } = deployment
  const handle = composeRotation({
    env: { ...rotationEnv(cloud, ids), ...changes },
    log: level => createLog({ level, destination: { write: line => lines.push(line) } }),
    clock: simulated(clock),
    fetch: () => cloud.fetch,
    receiverFetch: () => cloud.fetch,
  })
  const send = async (event: unknown) => {
    const { statusCode: status, headers, body } = await handle(event)
    return { status, headers, body: body === '' ? null : JSON.parse(body) }
  }
  const credential = { 'X-Auth-Token': ids.operator.secretKey }
  /** As the operator. */
  const call = (event: Record<string, unknown>) => send({ ...event, headers: credential })
  return { ...deployment, send, call }
}

const post = (body: unknown) => ({ httpMethod: 'POST', path: '/', body })

describe('a request that rotates', () => {
  test.each(['', ' ', '{}', '{"action":"rotate"}', null, undefined])('may have the body %j', async body => {
    expect((await handler().call(post(body))).body).toMatchObject({ rotated: true })
  })

  test('is read as text although isBase64Encoded says otherwise', async () => {
    const { call } = handler()
    expect((await call({ ...post(''), isBase64Encoded: true })).body).toMatchObject({ rotated: true })
  })
})

describe('the answer to a wrong request says what is allowed, and never quotes it', () => {
  const planted = 'planted-value'
  test.each([
    ['{', 'must be empty or a JSON object with the fields action, revision, force, dry_run, keys, source'],
    ['[]', 'must be empty or a JSON object'],
    ['"rotate"', 'must be empty or a JSON object'],
    ['null', 'must be empty or a JSON object'],
    [{ action: 'rotate' }, 'must be text that holds a JSON object'],
    [`{"action":"${planted}"}`, 'The field action must be "rotate", "tend", "rollback" or "revoke"'],
    ['{"action":1}', 'The field action must be "rotate", "tend", "rollback" or "revoke"'],
    [`{"force":"${planted}"}`, 'The field force must be true or false'],
    ['{"dry_run":1}', 'The field dry_run must be true or false'],
    [`{"source":"${planted}\\n"}`, 'The field source must be text of 1 to 64'],
    [`{"source":"${'x'.repeat(65)}"}`, 'The field source must be text of 1 to 64'],
    [
      `{"actoin":"${planted}"}`,
      'The field actoin is unknown. Allowed fields are action, revision, force, dry_run, keys, source.',
    ],
    [`{"${planted} <b>":1}`, 'The field is unknown.'],
    ['{"action":"tend","force":true}', 'The field force belongs to the action "rotate" alone'],
    ['{"revision":7}', 'The field revision belongs to the action "rollback" alone'],
    ['{"action":"rollback","revision":0}', 'The field revision must be a whole number from 1'],
    ['{"action":"rollback","revision":1.5}', 'The field revision must be a whole number from 1'],
    ['{"action":"rollback","revision":"7"}', 'The field revision must be a whole number from 1'],
    ['{"action":"rollback","force":true}', 'The field force belongs to the action "rotate" alone'],
  ])('%j', async (body, message) => {
    const { call, keys, cloud } = handler()
    const answer = await call(post(body))
    expect([answer.status, answer.body.error]).toEqual([400, 'bad-request'])
    expect(answer.body.message).toContain(message)
    expect(JSON.stringify(answer.body)).not.toContain(planted)
    expect([keys().length, cloud.log.entries.length]).toEqual([0, 0])
  })

  test('a body over 64 KiB is 413, one of 64 KiB is read', async () => {
    const padded = (bytes: number) => `{}${' '.repeat(bytes - 2)}`
    expect((await handler().call(post(padded(64 * 1024)))).status).toBe(200)
    expect((await handler().call(post(padded(64 * 1024 + 1)))).body.error).toBe('body-too-large')
    expect((await handler().call(post('é'.repeat(33_000)))).status).toBe(413)
  })

  test('another path is 404 and another method 405 with the allowed ones', async () => {
    const { call } = handler()
    for (const path of ['/a/b', '//', '/index.html', '/?', '/-']) {
      expect((await call({ httpMethod: 'GET', path })).body.error).toBe('unknown-path')
    }
    const { status, body } = await call({ httpMethod: 'GET', path: '/status' })
    expect([status, body.error, body.keys]).toEqual([404, 'no-such-key', ['default']])
    for (const httpMethod of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', '']) {
      const { status, headers, body } = await call({ httpMethod, path: '/' })
      expect([status, headers.Allow, body.error]).toEqual([405, 'GET, HEAD, POST', 'method-not-allowed'])
    }
  })
})

test('HEAD has the status and headers of GET, and no body', async () => {
  const { call } = handler()
  const head = await call({ httpMethod: 'HEAD', path: '/' })
  expect([head.status, head.body, head.headers['Content-Type']]).toEqual([503, null, 'application/json'])
})

describe('a setting that is missing or malformed', () => {
  const required = ['KEY_DEFAULT', 'ROTATOR_ACCESS_KEY', 'ROTATOR_SECRET_KEY']
  test.each(required)('%s missing: one clear 500 that names it', async name => {
    const { status, body } = await handler({ [name]: undefined }).call(post(''))
    expect([status, body.error]).toEqual([500, 'misconfigured'])
    expect(body.message).toContain(
      name === 'KEY_DEFAULT' ? 'KEY_<NAME> must be set, once for each key' : `${name} must`,
    )
  })

  test.each([...required, 'API_URL', 'API_KEY_QUOTA', 'CALLER_OPERATOR', 'IDENTITY_READER', 'TIMEOUT_SECONDS'])(
    '%s malformed: the answer and the log name it and not its value',
    async name => {
      const { call, lines } = handler({ [name]: 'planted value/' })
      const { status, body } = await call(post(''))
      expect([status, body.message]).toEqual([500, expect.stringContaining(`${name} must be`)])
      expect(JSON.stringify(body) + lines.join()).not.toContain('planted')
    },
  )

  test.each([
    ['name', 'Planted'],
    ['name', 'constructor'],
    ['name', '-planted'],
    ['application_id', 'planted'],
    ['default_project_id', undefined],
    ['region', 'planted'],
    ['secret_id', 7],
    ['overlap_hours', 145],
    ['key_lifetime_days', '90'],
    ['max_key_age_days', -1],
    ['keep_versions', 15],
    ['rotation_schedule', 'planted * * * *'],
  ])(
    'the field %s of a key malformed: the answer names variable and field, and not its value',
    async (field, value) => {
      const { cloud, ids } = deploy()
      const given = JSON.parse(rotationEnv(cloud, ids).KEY_DEFAULT ?? '')
      const { status, body } = await handler({ KEY_DEFAULT: JSON.stringify({ ...given, [field]: value }) }).call(
        post(''),
      )
      expect([status, body.error]).toEqual([500, 'misconfigured'])
      expect(body.message).toContain(`KEY_DEFAULT must be a JSON object whose ${field} is `)
      expect(body.message).not.toMatch(/planted/i)
    },
  )

  test('a field of a key that a later release adds is passed over', async () => {
    const { cloud, ids } = deploy()
    const given = JSON.parse(rotationEnv(cloud, ids).KEY_DEFAULT ?? '')
    const { status } = await handler({ KEY_DEFAULT: JSON.stringify({ ...given, added: [1] }) }).call(post(''))
    expect(status).not.toBe(500)
  })

  test.each(['name', 'application_id', 'secret_id'])('two keys with the same %s are refused', async field => {
    const { cloud, ids } = deploy({ names: ['billing', 'mailer'] })
    const env = rotationEnv(cloud, ids)
    const [billing, mailer] = [JSON.parse(env.KEY_BILLING ?? ''), JSON.parse(env.KEY_MAILER ?? '')]
    const doubled = JSON.stringify({ ...mailer, [field]: billing[field] })
    const changes = { KEY_DEFAULT: undefined, KEY_BILLING: env.KEY_BILLING, KEY_MAILER: doubled }
    const { body } = await handler(changes).call(post(''))
    expect([body.error, body.message]).toEqual([
      'misconfigured',
      expect.stringContaining('KEY_MAILER must be a key with'),
    ])
  })
})

test('any event at all is answered with JSON and a documented status, and no secret appears', async () => {
  const { send, lines, secrets, ids } = handler()
  const token = fc.constantFrom(ids.operator.secretKey, ids.consumer.secretKey, 'other', '')
  const body = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constantFrom('', '{}', '{"action":"tend"}', '{"dry_run":true}', '{"force":true}'),
    fc.record({ action: fc.anything(), force: fc.anything(), source: fc.string() }).map(value => JSON.stringify(value)),
  )
  const event = fc.record(
    {
      httpMethod: fc.constantFrom('GET', 'POST', 'HEAD', 'post', 'PUT', '', 'P OST'),
      path: fc.constantFrom('/', '', '/x', '/../', '/%00'),
      headers: fc.oneof(fc.record({ 'X-Auth-Token': token }), fc.dictionary(fc.string(), fc.anything()), fc.anything()),
      body: fc.oneof(body, fc.anything()),
      queryStringParameters: fc.anything(),
      isBase64Encoded: fc.anything(),
    },
    { requiredKeys: [] },
  )
  const answers: string[] = []
  await fc.assert(
    fc.asyncProperty(event, async given => {
      const { status, headers, body: answer } = await send(given)
      expect([200, 400, 403, 404, 405, 409, 413, 503]).toContain(status)
      expect(headers['Access-Control-Allow-Origin']).toBe('https://none.invalid')
      answers.push(JSON.stringify(answer))
    }),
    { numRuns: 600 },
  )
  expectNoSecret([...answers, ...lines], secrets())
})
