import { spawnSync } from 'node:child_process'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { bothHeaders, credentialIn } from '../../../scripts/deployment/caller-headers.ts'
import { run, scriptCommand } from '../../support/command.ts'
import { expectNoSecret } from '../../support/secrets.ts'
import { allThree, startRecorder } from '../../support/sent-credentials.ts'
import { type Deployment, startDeployment } from '../smoke/deployment.ts'
import { statusBody } from './statuses.ts'

let deployment: Deployment
let url: string
let monitorKey: string
beforeAll(async () => {
  deployment = await startDeployment()
  url = String(deployment.outputs.rotation_url?.value)
  monitorKey = monitorKeyOf(deployment)
})
afterAll(() => deployment.close())

test('before the first key it ends with 1 and gives the reason, without colours in a pipe', async () => {
  const { code, stdout, stderr } = await status(['--outputs', await deployment.write(deployment.outputs)])
  expect([code, stderr]).toEqual([1, ''])
  expect(stdout).toMatch(/^NOT HEALTHY: no-usable-key\n\n {2}ALARM {2}no-usable-key: .*\n/)
  expect(stdout).toContain('\n  There is no key.\n')
  expect(stdout).not.toContain('\u001b')
})

test('with a key it ends with 0, also when a monitor asks', async () => {
  await rotate()
  const { code, stdout, stderr } = await status(['--url', url], { TOKEN: monitorKey })
  expect([code, stderr]).toEqual([0, ''])
  const [key] = deployment.cloud.iam.apiKeys(deployment.ids.applicationId)
  expect(stdout).toMatch(/^healthy\n\n/)
  expect(stdout).toContain(`  ${key?.accessKey}  1         served  less than a minute ago  in 89 days\n`)
})

test('with --json it prints the answer of the function, and nothing else', async () => {
  const { code, stdout, stderr } = await status(['--json', '--outputs', await deployment.write(deployment.outputs)])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/)
  const answer = await fetch(url, { headers: credentialIn(bothHeaders, monitorKey) })
  expect(withoutVolatileFields(stdout)).toBe(withoutVolatileFields(`${await answer.text()}\n`))
})

test('the only key may be named, and an unknown name ends with 2 and the names that there are', async () => {
  const named = await status(['--url', url, '--key', 'default'], { TOKEN: monitorKey })
  expect([named.code, named.stderr]).toEqual([0, ''])
  expect(named.stdout).toMatch(/^default: healthy\n\n {2}access key /)
  const unknown = await status(['--url', url, '--key', 'defualt'], { TOKEN: monitorKey })
  expect([unknown.code, unknown.stdout, unknown.stderr]).toEqual([
    2,
    '',
    'There is no key of this name (HTTP 404 no-such-key): the names here are default.\n',
  ])
})

test('of several keys it prints a line for each, with --all each in full, and ends with 1 as long as one is not healthy', async () => {
  const several = await startDeployment({}, { consumersByKey: { billing: [], mailer: [] } })
  onTestFinished(several.close)
  const address = String(several.outputs.rotation_url?.value)
  const headers = credentialIn(bothHeaders, several.ids.operator.secretKey)
  expect((await fetch(`${address}/billing`, { method: 'POST', headers })).status).toBe(200)
  const { code, stdout, stderr } = await status(['--all', '--outputs', await several.write(several.outputs)])
  expect([code, stderr]).toEqual([1, ''])
  expect(stdout).toMatch(/^NOT HEALTHY: 1 of 2 keys\n\n {2}key +health +age +ends +next rotation +overdue +problems\n/)
  expect(stdout).toMatch(/\n {2}billing +healthy +less than a minute +in 89 days +in [\d.]+ \w+ +in \d+ days +none\n/)
  expect(stdout).toMatch(/\n {2}mailer +NOT HEALTHY +no key +in [\d.]+ \w+ +no-usable-key\n/)
  expect(stdout).toMatch(
    /\n {2}API keys +\d+ of 50\n {2}version +[\d.]+\n\n {2}credential .*\n {2}rotator +SCW.*\n {2}reader +SCW/,
  )
  expect(stdout).toMatch(/\nbilling: healthy\n.*\n {2}revision 1 +├─+┤\n.*\nmailer: NOT HEALTHY: no-usable-key\n/s)
})

test('with --url and SEND_CALLER_KEY the key is sent in three headers', async () => {
  const recorder = await startRecorder(statusBody())
  onTestFinished(recorder.close)
  const { code, stderr } = await status(['--url', recorder.url], { TOKEN: monitorKey, SEND_CALLER_KEY: 'true' })
  expect([code, stderr]).toEqual([0, ''])
  expect(recorder.credentials()).toEqual([allThree(monitorKey)])
})

test('an unknown key ends with 2, in one line with the remedy', async () => {
  const outputs = await deployment.write(deployment.outputs)
  const { code, stdout, stderr } = await status(['--outputs', outputs], { TOKEN: crypto.randomUUID() })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^The function refused the key \(HTTP 401\): put the secret key .* variable TOKEN\.\n$/)
})

test('an answer of retrieval is not a status, and the key in it is never printed', async () => {
  const address = String(deployment.outputs.retrieval_url?.value)
  const token = deployment.ids.consumer.secretKey
  const { code, stdout, stderr } = await status(['--json', '--url', address], { TOKEN: token })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^What answered at \S+ is not a status \(HTTP 200\): is this the rotation function\?\n$/)
})

// That of util-linux. macOS has another command of the same name.
const hasTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true

test.skipIf(!hasTerminal)('on a terminal it prints colours', async () => {
  const line = scriptCommand('status', '--url', url).map(word => `'${word}'`)
  const { code, stdout } = await ran(['script', '-qec', line.join(' '), '/dev/null'], { TOKEN: monitorKey })
  expect(code).toBe(0)
  expect(stdout.split('\r\n')[0]).toBe('\u001b[32mhealthy\u001b[39m')
})

function monitorKeyOf({ outputs }: Deployment): string {
  return v.parse(v.object({ uptime: v.string() }), outputs.monitor_secret_keys?.value).uptime
}

function status(args: readonly string[], env: Record<string, string> = {}) {
  return ran(scriptCommand('status', ...args), env)
}

/** Runs a command to its end, and checks that no secret key is in its output. */
async function ran(line: readonly string[], env: Record<string, string>) {
  const command = run(line, { TOKEN: '', NO_COLOR: '', ...env })
  onTestFinished(command.end)
  const code = await command.exitCode
  const { cloud, ids } = deployment
  const versions = cloud.secrets.versions(ids.secretId)
  const published = versions.map(({ revision }) => JSON.parse(cloud.secrets.payload(ids.secretId, revision)).SECRET_KEY)
  const known = [ids.operator, ids.consumer, ids.rotator].map(({ secretKey }) => secretKey)
  const token = env.TOKEN === undefined ? [] : [env.TOKEN]
  expectNoSecret([command.stdout(), command.stderr()], [...published, ...known, ...token, monitorKey])
  return { code, stdout: command.stdout(), stderr: command.stderr() }
}

async function rotate(): Promise<void> {
  const headers = credentialIn(bothHeaders, deployment.ids.operator.secretKey)
  expect((await fetch(url, { method: 'POST', headers })).status).toBe(200)
}

function withoutVolatileFields(json: string): string {
  return json.replaceAll(/"(age_days|request_id)":[^,}]+/g, '')
}
