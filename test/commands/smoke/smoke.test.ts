import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { CannotProceedError } from '../../../scripts/cli/cannot-proceed.ts'
import { dishonestForms } from '../../../scripts/smoke/dishonest-forms.ts'
import { readSmokeOptions } from '../../../scripts/smoke/options.ts'
import { smoke } from '../../../scripts/smoke/smoke.ts'
import { run, scriptCommand } from '../../support/command.ts'
import { expectNoSecret } from '../../support/secrets.ts'
import { allThree, both, startRecorder } from '../../support/sent-credentials.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import { type FrontRule, startFront } from './front.ts'

let deployment: Deployment
beforeAll(async () => {
  deployment = await startDeployment()
})
afterAll(() => deployment.close())

test('after an apply it creates the first key, then every call that must work works and every other is refused', async () => {
  const { code, stdout, lines } = await runSmoke(deployment.outputs)
  expect(lines).toEqual([
    'ok    the operator reads the status: HTTP 503',
    'ok    there is no key yet: the operator rotates, which creates the first: HTTP 200 rotated',
    'ok    rotating again at once changes nothing: HTTP 200 recent',
    ...linesWithKey.slice(1),
    noKeyForIam,
    '47 ok, 0 failed',
  ])
  expect(code).toBe(0)
  const { cloud, ids } = deployment
  const { SECRET_KEY: published } = JSON.parse(cloud.secrets.payload(ids.secretId, 1))
  expectNoSecret([stdout], [published, ids.operator.secretKey, ids.consumer.secretKey, ids.rotator.secretKey])
})

test('an existing key is never rotated', async () => {
  const { code, lines } = await smokeHere(deployment.outputs)
  expect([code, lines]).toEqual([0, [...linesWithKey, noKeyForIam, '45 ok, 0 failed']])
  expect(deployment.cloud.secrets.versions(deployment.ids.secretId)).toHaveLength(1)
})

test('a state that is older than several keys does not name its key, which is checked as well', async () => {
  const { keys, ...older } = deployment.outputs
  expect(keys).toBeDefined()
  const { code, lines } = await smokeHere(older)
  expect([code, lines]).toEqual([0, [...linesWithKey, noKeyForIam, '45 ok, 0 failed']])
})

test('a deleted secret is named with what to do, and no first key is asked for', async () => {
  const { cloud, ids } = deployment
  cloud.secrets.deleteSecret(ids.secretId)
  onTestFinished(() => cloud.secrets.restoreSecret(ids.secretId))
  const { lines } = await smokeHere(deployment.outputs, ['--wait', '1'])
  expect(lines.slice(0, 4)).toEqual([
    'ok    the operator reads the status: HTTP 503',
    'ok    the operator asks what a forced rotation would do (dry run): HTTP 200 secret-deleted',
    'FAIL  the status is healthy: expected HTTP 200 (on 503 its "problems" name the cause), got HTTP 503',
    '      The secret is deleted: restore it within 7 days, as "The secret is deleted" in RUNBOOK.md says, and do not apply before.',
  ])
})

test('a function that admits every caller is a FAIL in the lines of exactly those callers that must be refused', async () => {
  const url = await frontOf('retrieval_url', () => ({ token: deployment.ids.operator.secretKey }))
  const { code, failures } = await smokeHere({ ...deployment.outputs, retrieval_url: { value: url } })
  expect(code).toBe(1)
  expect(failures).toEqual([
    'FAIL  a caller without a key calls retrieval: expected HTTP 401 or 403 of the platform, before the function, got HTTP 200',
    'FAIL  a key that does not exist calls retrieval: expected HTTP 401 or 403 of the platform, before the function, got HTTP 200',
    'FAIL  monitor uptime fetches the key: expected HTTP 403 monitor, got HTTP 200',
    ...Object.keys(dishonestForms('')).map(
      form =>
        `FAIL  monitor uptime fetches the key with ${form}: expected HTTP 401 or 403, or 400 of the platform, got HTTP 200`,
    ),
  ])
})

test('a function without a running instance is a FAIL after the wait', async () => {
  const url = await frontOf('rotation_url', () => ({ status: 503 }))
  const { code, failures } = await smokeHere({ ...deployment.outputs, rotation_url: { value: url } })
  expect(code).toBe(1)
  expect(failures[0]).toBe('FAIL  the operator reads the status: expected the status, HTTP 200 or 503, got HTTP 503')
  expect(failures).toHaveLength(31)
})

test('a platform that keeps both credential headers from the function is named, with the setting that helps', async () => {
  const answer = { status: 403, body: { error: 'no-credential', request_id: crypto.randomUUID() } }
  const url = await frontOf('rotation_url', () => answer)
  const { lines } = await smokeHere({ ...deployment.outputs, rotation_url: { value: url } })
  expect(lines.slice(0, 2)).toEqual([
    'FAIL  the operator reads the status: expected the status, HTTP 200 or 503, got HTTP 403 no-credential',
    '      The platform keeps X-Auth-Token and Authorization from the functions: set send_caller_key = true (Terraform) and apply.',
  ])
})

test('a function that is still being built is called again until it answers', async () => {
  const stillBuilding = 1
  const url = await frontOf('rotation_url', (token, count) => (count <= stillBuilding ? { status: 503 } : { token }))
  const { code, failures } = await smokeHere({ ...deployment.outputs, rotation_url: { value: url } }, ['--wait', '30'])
  expect([code, failures]).toEqual([0, []])
})

test('a key that is published and not served yet is waited for', async () => {
  const late = { status: 404, body: { error: 'no-key-yet', request_id: crypto.randomUUID() } }
  const url = await frontOf('retrieval_url', (token, count) => (count === 1 ? late : { token }))
  const { code, failures } = await smokeHere({ ...deployment.outputs, retrieval_url: { value: url } }, ['--wait', '30'])
  expect([code, failures]).toEqual([0, []])
})

test('for a deployment without an operator key of its own, TOKEN is the key, and an error asks for it if it is missing', async () => {
  const { operator_secret_key: made, ...outputs } = deployment.outputs
  const error = "put an operator's secret key into the environment variable TOKEN"
  await expect(smokeHere(outputs, [], '')).rejects.toThrow(CannotProceedError)
  await expect(smokeHere(outputs, [], '')).rejects.toThrow(error)
  const given = await smokeHere(outputs, [], String(made?.value))
  expect([given.code, given.failures]).toEqual([0, []])
})

test('every key is sent in the headers that the outputs name, and in both where an older state names none', async () => {
  const recorder = await startRecorder()
  onTestFinished(recorder.close)
  const here = { value: recorder.url }
  const outputs = { ...deployment.outputs, rotation_url: here, retrieval_url: here }
  await smokeHere(outputs)
  const { operator, consumer } = deployment.ids
  // Only who must be refused somewhere is tried with other headers as well.
  const ofOperator = (sent: ReturnType<typeof recorder.credentials>) =>
    sent.filter(lines => lines.some(line => line.includes(operator.secretKey)))
  const sent = recorder.credentials()
  expect(new Set(ofOperator(sent).map(String))).toEqual(new Set([String(both(operator.secretKey))]))
  expect(sent).toContainEqual(both(consumer.secretKey))

  const before = recorder.credentials().length
  await smokeHere({ ...outputs, caller_headers: { value: ['X-Auth-Token', 'Authorization', 'X-Caller-Key'] } })
  const sentThen = recorder.credentials().slice(before)
  expect(new Set(ofOperator(sentThen).map(String))).toEqual(new Set([String(allThree(operator.secretKey))]))
  expect(sentThen).toContainEqual(allThree(consumer.secretKey))
})

test.each(['rotation_url', 'retrieval_url'])('no key is sent over http to another machine: %s', async name => {
  const outputs = { ...deployment.outputs, [name]: { value: 'http://functions.test/' } }
  await expect(smokeHere(outputs)).rejects.toThrow(`The output ${name} must be an https address`)
})

test('a caller whose name JavaScript knows is checked as well', async () => {
  const value = JSON.parse(`{ "__proto__": "${deployment.ids.consumer.secretKey}" }`)
  const keys = { value: { default: { consumers: ['__proto__'] } } }
  const { code, lines } = await smokeHere({ ...deployment.outputs, consumer_secret_keys: { value }, keys })
  expect(code).toBe(0)
  expect(lines).toContain('ok    consumer __proto__ fetches the key: HTTP 200')
})

test('a folder where nothing is applied gives one sentence and exit code 2', async () => {
  const { code, stdout, stderr } = await runSmoke({})
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^terraform output has no rotation_url .* Run terraform apply first.*\n$/)
})

test('an unknown option gives an error that names the known ones', async () => {
  const command = run(scriptCommand('smoke', '--fast'))
  expect(await command.exitCode).toBe(2)
  expect(command.stderr()).toMatch(
    /^Unknown option '--fast'\. Known are --dir, --outputs, --wait and --help; through npm they follow a lone "--"\.\n$/,
  )
})

const noKeyForIam =
  'skip  the live policies are not compared with what was granted: there is no SCW_ACCESS_KEY and SCW_SECRET_KEY of a key that may read IAM (IAMReadOnly)'

const linesWithKey = [
  'ok    the operator reads the status: HTTP 200',
  'ok    the operator asks what a forced rotation would do (dry run): HTTP 200 dry-run',
  'ok    the status is healthy: HTTP 200',
  'ok    consumer app fetches the key: HTTP 200',
  'ok    consumer app asks if the key has changed: HTTP 304',
  'ok    monitor uptime reads the status: HTTP 200',
  'ok    a caller without a key calls rotation: HTTP 403',
  'ok    a key that does not exist calls rotation: HTTP 401',
  'ok    a caller without a key calls retrieval: HTTP 403',
  'ok    a key that does not exist calls retrieval: HTTP 401',
  'ok    consumer app rotates: HTTP 403 operator-only',
  'ok    consumer app forces a rotation: HTTP 403 operator-only',
  'ok    consumer app revokes every key: HTTP 403 operator-only',
  'ok    monitor uptime rotates: HTTP 403 operator-only',
  'ok    monitor uptime forces a rotation: HTTP 403 operator-only',
  'ok    monitor uptime revokes every key: HTTP 403 operator-only',
  'ok    consumer app reads the status: HTTP 403 operator-only',
  'ok    monitor uptime fetches the key: HTTP 403 monitor',
  ...dishonestLines('monitor uptime fetches the key', 'monitor'),
  ...dishonestLines('consumer app reads the status', 'operator-only'),
  ...dishonestLines('consumer app revokes every key', 'operator-only'),
]

/** Behind a gate that joins, the function sees the calls whose `X-Auth-Token` is single: what it answers has a code. */
function dishonestLines(title: string, code: string): string[] {
  const answers = {
    'a second, empty X-Auth-Token': '401',
    'a second, unknown X-Auth-Token': '401',
    'an unknown X-Auth-Token before its own': '401',
    'the same X-Auth-Token twice': '401',
    'X-Auth-Token named by Connection': `403 ${code}`,
    'both headers named by Connection': `403 ${code}`,
    'an empty X-Auth-Token beside Authorization': '403',
    'another key in Authorization': '403 unknown-caller',
    'two keys in one X-Auth-Token': '401',
  }
  return Object.entries(answers).map(([form, answer]) => `ok    ${title} with ${form}: HTTP ${answer}`)
}

async function frontOf(output: string, rule: FrontRule): Promise<string> {
  const front = await startFront(String(deployment.outputs[output]?.value), rule)
  onTestFinished(front.close)
  return front.url
}

/** Runs the command in a process of its own. */
async function runSmoke(outputs: Deployment['outputs']) {
  const command = run(scriptCommand('smoke', '--outputs', await deployment.write(outputs), '--wait', '0'), {
    TOKEN: '',
    SCW_SECRET_KEY: '',
  })
  onTestFinished(command.end)
  const code = await command.exitCode
  const lines = command.stdout().trimEnd().split('\n')
  return { code, lines, stdout: command.stdout(), stderr: command.stderr() }
}

/** Runs what the command does in this process: to start one takes longer than all calls. */
async function smokeHere(outputs: Deployment['outputs'], args = ['--wait', '0'], token?: string) {
  const lines: string[] = []
  const options = readSmokeOptions(['--outputs', await deployment.write(outputs), ...args])
  const code = await smoke(options, { token, print: line => lines.push(line) })
  return { code, lines, failures: lines.filter(line => line.startsWith('FAIL')) }
}
