import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { dishonestForms } from '../../../scripts/smoke/dishonest-forms.ts'
import { readSmokeOptions } from '../../../scripts/smoke/options.ts'
import { smoke } from '../../../scripts/smoke/smoke.ts'
import { expectNoSecret } from '../../support/secrets.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import { startFront } from './front.ts'

const consumersByKey = { billing: ['billing-app'], mailer: ['billing-app', 'mailer-app'], search: [] }
const names = Object.keys(consumersByKey)
const consumers = names.map(name => `${name}-app`)

let deployment: Deployment
beforeAll(async () => {
  deployment = await startDeployment({}, { consumersByKey })
})
afterAll(() => deployment.close())

test('after an apply each key is made, and each consumer gets its own keys and is refused every other', async () => {
  const { code, lines } = await smokeHere(deployment.outputs)
  expect(lines).toEqual([
    'ok    the operator reads the status: HTTP 503',
    ...names.flatMap(name => [
      `ok    there is no key ${name} yet: the operator rotates, which creates the first: HTTP 200 rotated`,
      `ok    rotating ${name} again at once changes nothing: HTTP 200 recent`,
    ]),
    ...linesWithKeys.slice(1, -1),
    '112 ok, 0 failed',
  ])
  expect(code).toBe(0)
  const { cloud, ids } = deployment
  const published = ids.keys.map(({ secretId }) => JSON.parse(cloud.secrets.payload(secretId, 1)).SECRET_KEY)
  const callers = [ids.operator, ids.monitor, ...ids.keys.map(({ consumer }) => consumer)]
  expectNoSecret(lines, [...published, ...callers.map(({ secretKey }) => secretKey)])
})

test('existing keys are never rotated', async () => {
  const { code, lines } = await smokeHere(deployment.outputs)
  expect([code, lines]).toEqual([0, linesWithKeys])
  const { cloud, ids } = deployment
  expect(ids.keys.map(({ secretId }) => cloud.secrets.versions(secretId).length)).toEqual([1, 1, 1])
})

test('a consumer that gets the key of another is a FAIL in exactly that line', async () => {
  const { operator, keys } = deployment.ids
  const admitted = keys[1]?.consumer.secretKey
  const { url, close } = await startFront(String(deployment.outputs.retrieval_url?.value), token => ({
    token: token === admitted ? operator.secretKey : token,
  }))
  onTestFinished(close)
  const { code, failures } = await smokeHere({ ...deployment.outputs, retrieval_url: { value: url } })
  expect(code).toBe(1)
  expect(failures.filter(line => line.includes('consumer'))).toEqual([
    // An operator may fetch all keys, so it must name one.
    expect.stringMatching(
      /^FAIL {2}consumer mailer-app fetches its only key without naming it: .* HTTP 404 key-not-named$/,
    ),
    'FAIL  consumer mailer-app fetches the key billing: expected HTTP 404 key-not-named, got HTTP 200',
    'FAIL  consumer mailer-app fetches the key search: expected HTTP 404 key-not-named, got HTTP 200',
  ])
})

test('a refusal that is not that of a name, and one that holds a key, are a FAIL', async () => {
  const answers = [
    { status: 404, body: { error: 'key-not-named', SECRET_KEY: 'hunter2', request_id: 'one' } },
    { status: 403, body: { error: 'key-not-named', request_id: 'one' } },
    { status: 404, body: { error: 'no-key-yet', request_id: 'one' } },
  ]
  const tokens = deployment.ids.keys.map(({ consumer }) => consumer.secretKey)
  const { url, close } = await startFront(
    'http://127.0.0.1:1',
    token => answers[tokens.indexOf(token ?? '')] ?? { status: 401 },
  )
  onTestFinished(close)
  const { lines, failures } = await smokeHere({ ...deployment.outputs, retrieval_url: { value: url } })
  const expected = 'expected HTTP 404 key-not-named, got HTTP'
  expect(failures.filter(line => line.includes(expected))).toEqual([
    `FAIL  consumer billing-app fetches the key search: ${expected} 404 key-not-named`,
    `FAIL  consumer billing-app fetches without naming a key: ${expected} 404 key-not-named`,
    `FAIL  consumer mailer-app fetches the key billing: ${expected} 403 key-not-named`,
    `FAIL  consumer mailer-app fetches the key search: ${expected} 403 key-not-named`,
    `FAIL  consumer search-app fetches the key billing: ${expected} 404 no-key-yet`,
    `FAIL  consumer search-app fetches the key mailer: ${expected} 404 no-key-yet`,
    `FAIL  consumer search-app fetches the key search: ${expected} 404 no-key-yet`,
    `FAIL  consumer search-app fetches without naming a key: ${expected} 404 no-key-yet`,
  ])
  expect(lines.join()).not.toContain('hunter2')
})

test('a key whose secret is deleted is a FAIL of that key alone, with what to do', async () => {
  const { cloud, ids } = deployment
  const secretId = ids.keys[2]?.secretId ?? expect.fail('there is no third key')
  cloud.secrets.deleteSecret(secretId)
  onTestFinished(() => cloud.secrets.restoreSecret(secretId))
  const { code, lines, failures } = await smokeHere(deployment.outputs)
  const failure =
    'FAIL  the status of search is healthy: expected HTTP 200 (on 503 its "problems" name the cause), got HTTP 503'
  expect([code, failures]).toEqual([1, [failure]])
  expect(lines[lines.indexOf(failure) + 1]).toMatch(/^ {6}The secret is deleted: restore it within 7 days/)
})

test('a function that does not know all keys of the state is a FAIL', async () => {
  const { keys, ...outputs } = deployment.outputs
  const withOneMore = { value: { ...Object(keys?.value), newest: { consumers: [] } } }
  const { code, failures } = await smokeHere({ ...outputs, keys: withOneMore })
  expect(code).toBe(1)
  expect(failures.slice(0, 3)).toEqual([
    'FAIL  the operator reads the status: expected the status, HTTP 200 or 503, got HTTP 200',
    'FAIL  the operator asks what a forced rotation of newest would do (dry run): expected HTTP 200 that rotates nothing, got HTTP 404 no-such-key',
    'FAIL  the status of newest is healthy: expected HTTP 200 (on 503 its "problems" name the cause), got HTTP 404 no-such-key',
  ])
})

/** What is printed when every key is there: nothing depends on the number of keys but what is about a key. */
const linesWithKeys = (() => {
  const notNamed = 'HTTP 404 key-not-named'
  const lines = [
    'the operator reads the status: HTTP 200',
    ...names.flatMap(name => [
      `the operator asks what a forced rotation of ${name} would do (dry run): HTTP 200 dry-run`,
      `the status of ${name} is healthy: HTTP 200`,
    ]),
    'consumer billing-app fetches the key billing: HTTP 200',
    'consumer billing-app asks if the key billing has changed: HTTP 304',
    'consumer billing-app fetches the key mailer: HTTP 200',
    'consumer billing-app asks if the key mailer has changed: HTTP 304',
    'consumer mailer-app fetches the key mailer: HTTP 200',
    'consumer mailer-app asks if the key mailer has changed: HTTP 304',
    'consumer mailer-app fetches its only key without naming it: HTTP 200',
    'monitor uptime reads the status: HTTP 200',
    'a caller without a key calls rotation: HTTP 403',
    'a key that does not exist calls rotation: HTTP 401',
    'a caller without a key calls retrieval: HTTP 403',
    'a key that does not exist calls retrieval: HTTP 401',
    ...[...consumers.map(name => `consumer ${name}`), 'monitor uptime'].flatMap(who => [
      `${who} rotates billing: HTTP 403 operator-only`,
      `${who} forces a rotation of billing: HTTP 403 operator-only`,
      `${who} revokes every key of billing: HTTP 403 operator-only`,
    ]),
    ...consumers.map(name => `consumer ${name} reads the status of billing: HTTP 403 operator-only`),
    'monitor uptime fetches the key billing: HTTP 403 monitor',
    `consumer billing-app fetches the key search: ${notNamed}`,
    `consumer billing-app fetches without naming a key: ${notNamed}`,
    `consumer mailer-app fetches the key billing: ${notNamed}`,
    `consumer mailer-app fetches the key search: ${notNamed}`,
    `consumer search-app fetches the key billing: ${notNamed}`,
    `consumer search-app fetches the key mailer: ${notNamed}`,
    `consumer search-app fetches the key search: ${notNamed}`,
    `consumer search-app fetches without naming a key: ${notNamed}`,
  ]
  const dishonest = (1 + 2 * consumers.length) * Object.keys(dishonestForms('')).length
  const forms = Array(dishonest).fill(expect.stringMatching(/^ok {4}(consumer|monitor) .* with .*: HTTP 40[0-3]/))
  const skipped = expect.stringMatching(/^skip {2}the live policies are not compared/)
  return [...lines.map(line => `ok    ${line}`), ...forms, skipped, `${lines.length + dishonest} ok, 0 failed`]
})()

/** Runs what the command does, in this process. */
async function smokeHere(outputs: Deployment['outputs']) {
  const lines: string[] = []
  const options = readSmokeOptions(['--outputs', await deployment.write(outputs), '--wait', '0'])
  const code = await smoke(options, { token: undefined, print: line => lines.push(line) })
  return { code, lines, failures: lines.filter(line => line.startsWith('FAIL')) }
}
