import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bothHeaders } from '../../../scripts/deployment/caller-headers.ts'
import { findTarget } from '../../../scripts/status/target.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'status-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

const url = 'https://rotation.test'
const operatorKey = crypto.randomUUID()
const monitorKey = crypto.randomUUID()
const deployed = { rotation_url: { value: url }, operator_secret_key: { value: operatorKey, sensitive: true } }

test('an applied deployment is asked with the key of its operator', async () => {
  expect(await target(deployed)).toEqual({ url, token: operatorKey, callerHeaders: bothHeaders })
  expect(await target(deployed, '')).toEqual({ url, token: operatorKey, callerHeaders: bothHeaders })
})

test('TOKEN wins over the key of the operator', async () => {
  expect(await target(deployed, monitorKey)).toEqual({ url, token: monitorKey, callerHeaders: bothHeaders })
})

test('the line of npm start -- --json is accepted as outputs', async () => {
  const line = { scaleway_url: 'http://127.0.0.1:1', rotation_url: url, operator_secret_key: operatorKey }
  expect(await target(line)).toEqual({ url, token: operatorKey, callerHeaders: bothHeaders })
})

test('with TOKEN only the address is needed', async () => {
  expect(await target({ rotation_url: { value: url } }, monitorKey)).toEqual({
    url,
    token: monitorKey,
    callerHeaders: bothHeaders,
  })
  expect(await findTarget({ url }, { token: monitorKey })).toEqual({
    url,
    token: monitorKey,
    callerHeaders: bothHeaders,
  })
})

const allHeaders = [...bothHeaders, 'X-Caller-Key']

test('the outputs say in which headers the key is sent', async () => {
  const given = { ...deployed, caller_headers: { value: allHeaders, type: ['list', 'string'] } }
  expect(await target(given)).toEqual({ url, token: operatorKey, callerHeaders: allHeaders })
})

test('at an address SEND_CALLER_KEY says if the key is sent as X-Caller-Key too', async () => {
  const token = monitorKey
  expect(await findTarget({ url }, { token, sendCallerKey: 'true' })).toEqual({ url, token, callerHeaders: allHeaders })
  for (const sendCallerKey of ['false', '', undefined]) {
    expect((await findTarget({ url }, { token, sendCallerKey })).callerHeaders).toEqual(bothHeaders)
  }
  for (const sendCallerKey of ['TRUE', '1', 'hunter2']) {
    const asked = findTarget({ url }, { token, sendCallerKey })
    await expect(asked).rejects.toThrow(/^SEND_CALLER_KEY must be true, false or empty: (?!.*hunter2)/)
  }
})

test('without a key to ask with the error says where to put one', async () => {
  for (const asked of [() => target({ rotation_url: { value: url } }), () => findTarget({ url }, { token: '' })]) {
    await expect(asked()).rejects.toThrow(/^There is no key to ask with: .* environment variable TOKEN\.$/)
  }
})

test('a key that cannot be sent is refused and not quoted', async () => {
  await expect(findTarget({ url }, { token: 'hunter2\n' })).rejects.toThrow(
    /^TOKEN must be a secret key: (?!.*hunter2)/,
  )
})

test('a folder where nothing is applied gives an error with the remedy', async () => {
  for (const outputs of [{}, { rotation_url: { value: 'soon' } }, { rotation_url: { value: 'https://[' } }, 7]) {
    await expect(target(outputs, monitorKey)).rejects.toThrow(/^The outputs have no rotation_url: .*--url\.$/)
  }
})

test.each(['http://rotation.test/hunter2', 'http://127.0.0.1.rotation.test', 'https://me:hunter2@rotation.test'])(
  'no key is sent to %s, and the error names the output and the remedy',
  async address => {
    const asked = () => target({ rotation_url: { value: address } }, monitorKey)
    await expect(asked()).rejects.toThrow(/^The output rotation_url must be an https address .* apply again\.$/)
    await expect(asked()).rejects.not.toThrow(/hunter2|rotation\.test/)
  },
)

async function target(outputs: unknown, token?: string) {
  const outputsFile = join(folder, `${crypto.randomUUID()}.json`)
  await writeFile(outputsFile, JSON.stringify(outputs))
  return findTarget({ folder: '.', outputsFile }, { token })
}
