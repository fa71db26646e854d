import * as v from 'valibot'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { bothHeaders, credentialIn } from '../../../scripts/deployment/caller-headers.ts'
import { type RunningCommand, run, scriptCommand } from '../../support/command.ts'
import { groupEnded, runningInGroup } from '../../support/processes.ts'
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts'
import { fieldNames, readFields } from './deployment-fields.ts'
import { threePorts } from './ports.ts'

let command: RunningCommand
let folder: TemporaryFolder
let fields: ReturnType<typeof readFields>
let port: number

beforeAll(async () => {
  folder = await createTemporaryFolder()
  port = await threePorts()
  command = run(scriptCommand('start', '--json', '--port', String(port)), folder.env)
  command.closeInput()
  await command.prints('\n')
  fields = readFields(command.stdout())
})
afterAll(async () => {
  await command.end()
  await folder.remove()
})

test('stdout is one line of JSON with its fields in a fixed order, and the one key by its name in the last', () => {
  expect(command.stdout()).toMatch(/^\{[^\n]*\}\n$/)
  expect(Object.keys(JSON.parse(command.stdout()))).toEqual([...fieldNames, 'keys'])
  expect(fields.keys).toEqual({
    default: {
      application_id: fields.application_id,
      secret_id: fields.secret_id,
      consumer_secret_keys: { app: fields.consumer_secret_key },
      retrieval_url: `${fields.retrieval_url}/default`,
    },
  })
})

test('--port sets three ports in a row; a closed input does not end a start', () => {
  expect(fields).toMatchObject({
    scaleway_url: `http://127.0.0.1:${port}`,
    rotation_url: `http://127.0.0.1:${port + 1}`,
    retrieval_url: `http://127.0.0.1:${port + 2}`,
  })
})

test('a start creates no key for the application whose key is rotated', async () => {
  const keys = await asOwner(`api-keys?bearer_id=${fields.application_id}`)
  expect(keys).toMatchObject({ api_keys: [], total_count: 0 })
})

test('both functions refuse every caller without FunctionsPrivateAccess', async () => {
  const stranger = await keyWithoutRights()
  for (const url of [fields.rotation_url, fields.retrieval_url]) {
    expect(await statusOf(url)).toBe(403)
    expect(await statusOf(url, crypto.randomUUID())).toBe(401)
    expect(await statusOf(url, stranger)).toBe(403)
  }
  expect(await statusOf(fields.rotation_url, fields.operator_secret_key)).toBe(503)
  expect(await statusOf(fields.retrieval_url, fields.consumer_secret_key)).toBe(404)
})

test('the status names the next firing of the schedule of main.tf, and is not paused', async () => {
  const headers = credentialIn(bothHeaders, fields.operator_secret_key)
  const body = v.parse(
    v.object({ next_rotation: v.string(), problems: v.array(v.object({ code: v.string() })) }),
    await (await fetch(fields.rotation_url, { headers })).json(),
  )
  expect(body.next_rotation).toMatch(/-01T02:00:00\.000Z$/)
  expect(new Date(body.next_rotation).getTime() - Date.now()).toBeLessThanOrEqual(31 * 24 * 3_600_000)
  expect(body.problems.map(({ code }) => code)).toEqual(['no-usable-key'])
})

test('the page is there for whoever has its token, and does nothing before it is opened', async () => {
  const { origin, hash } = new URL(fields.page_url)
  expect(hash).toMatch(/^#[\w-]{32}$/)
  expect(await (await fetch(origin)).text()).toMatch(/^<!doctype html>/)
  expect((await fetch(`${origin}/press/rotate`, { method: 'POST' })).status).toBe(401)
  expect((await fetch(`${origin}/stream`)).status).toBe(401)
  expect(await asOwner(`api-keys?bearer_id=${fields.application_id}`)).toMatchObject({ total_count: 0 })
})

test('a second start runs at the same time, also through npm, and Ctrl-C leaves no processes and no files of it', async () => {
  const second = run(['npm', 'start', '--silent', '--', '--json'], folder.env)
  onTestFinished(second.end)
  await second.prints('\n')
  expect(await statusOf(readFields(second.stdout()).rotation_url)).toBe(403)
  expect(await statusOf(fields.rotation_url)).toBe(403)
  second.interrupt()
  await second.exitCode
  await groupEnded(second.pid)
  // Those of the first one.
  expect(await folder.left()).toHaveLength(2)
})

test('SIGTERM ends it with code 0 and leaves no processes and no files', async () => {
  // At least itself and two functions: tsx and esbuild start further processes.
  expect(runningInGroup(command.pid).length).toBeGreaterThanOrEqual(3)
  expect(await folder.left()).toHaveLength(2)
  command.terminate()
  expect(await command.exitCode).toBe(0)
  await groupEnded(command.pid)
  expect(await folder.left()).toEqual([])
})

async function statusOf(url: string, token?: string): Promise<number> {
  const response = await fetch(url, token === undefined ? {} : { headers: credentialIn(bothHeaders, token) })
  return response.status
}

async function asOwner(path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${fields.scaleway_url}/iam/v1alpha1/${path}`, {
    headers: { 'X-Auth-Token': fields.secret_key },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
  return response.json()
}

async function keyWithoutRights(): Promise<string> {
  const application = { name: 'stranger', organization_id: fields.organization_id }
  const { id } = v.parse(v.object({ id: v.string() }), await asOwner('applications', application))
  const key = await asOwner('api-keys', { application_id: id, description: '' })
  return v.parse(v.object({ secret_key: v.string() }), key).secret_key
}
